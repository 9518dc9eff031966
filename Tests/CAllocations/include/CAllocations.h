// Counts allocations of a test's thread. Linking this replaces malloc and its family.
#ifndef CALLOCATIONS_H
#define CALLOCATIONS_H

/// Counts from now on, in this thread.
void ca_start(void);
/// Ends it: how often this thread has asked for memory, oneDNN's own requests for its products not
/// counted.
long ca_stop(void);

#endif
