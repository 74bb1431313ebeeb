/*
 * The floor: what the same work costs in a bare C poll loop over libssh2, without host key checks, timeouts, retries or redaction.
 *
 *   floor -p PORT -u USER -k KEY -n HOSTS [-m MODE] [-i IN_FLIGHT] [-s SCRIPT] [-c COMMAND]
 *
 * HOSTS addresses 127.0.1.1, 127.0.1.2, ... are connected to, at most IN_FLIGHT of them not yet authenticated at a time. MODE:
 *   exec    run COMMAND (default: true) once on every host, and disconnect
 *   script  run SCRIPT, a file, on every host by feeding it to `sh` on stdin
 *   hold    connect to all, and only then measure and disconnect
 *   stream  run COMMAND on one host, and count what it prints
 *   upload  run COMMAND on one host with SCRIPT, any file, as its input
 *
 * Prints one line of JSON: wall and CPU seconds, CPU milliseconds per host, maximum resident KiB (and with hold, what each host added), bytes read.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libssh2.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum state { WAITING, CONNECTING, HANDSHAKE, AUTHENTICATE, HELD, OPEN, START, FEED, END_INPUT, READ, CLOSE, DONE, FAILED };
enum mode { EXEC, SCRIPT, HOLD, STREAM, UPLOAD };

struct host {
    enum state state;
    int fd, attempts;
    double not_before;
    LIBSSH2_SESSION *session;
    LIBSSH2_CHANNEL *channel;
    size_t fed;
};

static int port = 22, count = 1, limit = 8, mode = EXEC, unauthenticated;
static const char *user = "root", *key, *command;
static char *script;
static size_t script_length;
static unsigned long long bytes_read;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static long resident_kib(void) {
    long pages = 0, ignored;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file) {
        if (fscanf(file, "%ld %ld", &ignored, &pages) != 2) pages = 0;
        fclose(file);
    }
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void release(struct host *host) {
    if (host->session) libssh2_session_free(host->session);
    if (host->fd >= 0) close(host->fd);
    host->session = NULL;
    host->channel = NULL;
    host->fd = -1;
}

/* sshd drops connections when too many come at once: those are tried again. */
static void drop(struct host *host) {
    unauthenticated--;
    release(host);
    host->state = ++host->attempts < 20 ? WAITING : FAILED;
    host->not_before = now() + 0.1 * host->attempts;
}

static void begin(struct host *host, int number) {
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
    int one = 1;
    address.sin_addr.s_addr = htonl(0x7f000100u + (number / 250 << 8) + 1 + number % 250);
    host->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(host->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    unauthenticated++;
    host->state = CONNECTING;
    if (connect(host->fd, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS) drop(host);
}

/* Goes as far as it can; comes back when it would have to wait. */
static void advance(struct host *host) {
    static char buffer[64 * 1024];
    ssize_t n;
    int rc, error = 0;
    socklen_t size = sizeof error;
    for (;;) switch (host->state) {
    case CONNECTING:
        getsockopt(host->fd, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error) { drop(host); return; }
        host->session = libssh2_session_init();
        libssh2_session_set_blocking(host->session, 0);
        host->state = HANDSHAKE;
        break;
    case HANDSHAKE:
        rc = libssh2_session_handshake(host->session, host->fd);
        if (rc == LIBSSH2_ERROR_EAGAIN) return;
        if (rc) { drop(host); return; }
        host->state = AUTHENTICATE;
        break;
    case AUTHENTICATE:
        rc = libssh2_userauth_publickey_fromfile_ex(host->session, user, strlen(user), NULL, key, NULL);
        if (rc == LIBSSH2_ERROR_EAGAIN) return;
        if (rc) { unauthenticated--; host->state = FAILED; return; }
        unauthenticated--;
        host->state = mode == HOLD ? HELD : OPEN;
        break;
    case HELD:
        return;
    case OPEN:
        host->channel = libssh2_channel_open_session(host->session);
        if (!host->channel) {
            if (libssh2_session_last_errno(host->session) != LIBSSH2_ERROR_EAGAIN) host->state = FAILED;
            return;
        }
        /* What stands on stderr would keep the channel from its end. */
        libssh2_channel_handle_extended_data2(host->channel, LIBSSH2_CHANNEL_EXTENDED_DATA_IGNORE);
        host->state = START;
        break;
    case START:
        rc = libssh2_channel_exec(host->channel, mode == SCRIPT ? "sh" : command);
        if (rc == LIBSSH2_ERROR_EAGAIN) return;
        host->state = rc ? FAILED : script ? FEED : READ;
        break;
    case FEED:
        n = libssh2_channel_write(host->channel, script + host->fed, script_length - host->fed);
        if (n == LIBSSH2_ERROR_EAGAIN) return;
        if (n < 0) { host->state = FAILED; return; }
        host->fed += n;
        if (host->fed == script_length) host->state = END_INPUT;
        break;
    case END_INPUT:
        rc = libssh2_channel_send_eof(host->channel);
        if (rc == LIBSSH2_ERROR_EAGAIN) return;
        host->state = rc ? FAILED : READ;
        break;
    case READ:
        n = libssh2_channel_read(host->channel, buffer, sizeof buffer);
        if (n == LIBSSH2_ERROR_EAGAIN) return;
        if (n < 0) { host->state = FAILED; return; }
        bytes_read += n;
        if (n == 0) host->state = CLOSE;
        break;
    case CLOSE:
        rc = libssh2_channel_wait_closed(host->channel);
        if (rc == LIBSSH2_ERROR_EAGAIN) return;
        if (libssh2_channel_get_exit_status(host->channel)) { host->state = FAILED; return; }
        libssh2_session_disconnect(host->session, "");
        release(host);
        host->state = DONE;
        return;
    default:
        return;
    }
}

static void map_script(const char *path) {
    struct stat status;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &status)) { perror(path); exit(1); }
    script_length = status.st_size;
    script = mmap(NULL, script_length, PROT_READ, MAP_PRIVATE, fd, 0);
    if (script == MAP_FAILED) { perror(path); exit(1); }
    close(fd);
}

int main(int argc, char **argv) {
    int option;
    command = "true";
    while ((option = getopt(argc, argv, "p:u:k:n:m:i:s:c:")) != -1) switch (option) {
    case 'p': port = atoi(optarg); break;
    case 'u': user = optarg; break;
    case 'k': key = optarg; break;
    case 'n': count = atoi(optarg); break;
    case 'i': limit = atoi(optarg); break;
    case 'c': command = optarg; break;
    case 's': map_script(optarg); break;
    case 'm': mode = !strcmp(optarg, "script") ? SCRIPT : !strcmp(optarg, "hold") ? HOLD : !strcmp(optarg, "stream") ? STREAM : !strcmp(optarg, "upload") ? UPLOAD : EXEC; break;
    default: return 1;
    }
    if (!key || (mode == SCRIPT || mode == UPLOAD) != (script != NULL)) {
        fprintf(stderr, "usage: floor -p PORT -u USER -k KEY -n HOSTS [-m exec|script|hold|stream|upload] [-i IN_FLIGHT] [-s SCRIPT] [-c COMMAND]\n");
        return 1;
    }
    libssh2_init(0);
    struct host *hosts = calloc(count, sizeof *hosts);
    struct pollfd *polls = calloc(count, sizeof *polls);
    int *numbers = calloc(count, sizeof *numbers);
    for (int i = 0; i < count; i++) hosts[i].fd = -1;
    long before = resident_kib();
    double start = now();
    int next = 0, failed = 0, held = 0;
    for (;;) {
        int busy = 0, watched = 0;
        failed = held = 0;
        for (int i = 0; i < count; i++) {
            struct host *host = &hosts[i];
            if (host->state == WAITING && i <= next && unauthenticated < limit && now() >= host->not_before) {
                begin(host, i);
                if (i == next) next++;
            }
            if (host->state == FAILED) failed++;
            if (host->state == HELD) held++;
            if (host->state != DONE && host->state != FAILED && host->state != HELD) busy++;
            if (host->fd >= 0 && host->state != FAILED && host->state != HELD) {
                int directions = host->state == CONNECTING ? LIBSSH2_SESSION_BLOCK_OUTBOUND : libssh2_session_block_directions(host->session);
                polls[watched].fd = host->fd;
                polls[watched].events = (directions & LIBSSH2_SESSION_BLOCK_OUTBOUND ? POLLOUT : 0) | (directions & LIBSSH2_SESSION_BLOCK_INBOUND || !directions ? POLLIN : 0);
                numbers[watched++] = i;
            }
        }
        if (!busy) break;
        if (poll(polls, watched, 50) < 0 && errno != EINTR) return 1;
        for (int i = 0; i < watched; i++) if (polls[i].revents) advance(&hosts[numbers[i]]);
    }
    double wall = now() - start;
    long resident = resident_kib();
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    printf("{\"hosts\":%d,\"failed\":%d,\"wall\":%.3f,\"cpu\":%.3f,\"cpu_ms_per_host\":%.3f,\"max_rss_kib\":%ld,\"rss_kib_per_host\":%.1f,\"bytes\":%llu}\n",
           count, failed, wall, cpu, cpu * 1000 / count, usage.ru_maxrss, mode == HOLD && held ? (double)(resident - before) / held : 0.0, bytes_read);
    for (int i = 0; i < count; i++) release(&hosts[i]);
    return failed ? 2 : 0;
}
