/* Swift's Glibc module leaves these headers out. */
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <pthread.h>

/* Declared by pthread.h only where GNU extensions are asked for before the first header. */
extern int pthread_setname_np(pthread_t thread, const char *name);

/* So are these of unistd.h and spawn.h, and a flag, whose number is part of the binary interface. */
#include <spawn.h>
extern int pipe2(int descriptors[2], int flags);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
enum { POSIX_SPAWN_NEW_SESSION = 0x80 };
