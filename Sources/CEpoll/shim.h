/* Swift's Glibc module leaves these headers out. */
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <pthread.h>

/* Declared by pthread.h only where GNU extensions are asked for before the first header. */
extern int pthread_setname_np(pthread_t thread, const char *name);
