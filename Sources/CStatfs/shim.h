// statfs is in no module that Swift sees.
#include <sys/vfs.h>
