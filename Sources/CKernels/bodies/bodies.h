#include "kernel.h"

#include "adamw.h"
#include "bfloat16.h"
#include "cross_entropy.h"
#include "rms_norm.h"
#include "rope.h"
#include "router.h"
#include "rows.h"
#include "swiglu.h"

#include "product.h"

#include "attention.h"
#include "experts.h"
