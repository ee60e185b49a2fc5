/* The floor under every probe: a plain C client that asks over kept connections, one request after the other.
 *
 * usage: probe saturate WARMUP_S SECONDS SERVICES PORT...  asks /service/N back to back;
 *                                                          prints {"probes":P,"cpu_ms":C} of the last SECONDS
 *        probe timing EVERY_MS SECONDS PORT                times a delay-server; prints reported minus actual in
 *                                                          microseconds, one a line */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PORTS_MAX = 64 };

static char answer[65536];

static int64_t nanoseconds(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void fail(const char *what) {
  fprintf(stderr, "probe: %s\n", what);
  exit(1);
}

static int connect_to(int port) {
  int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(fd, (struct sockaddr *)&address, sizeof address)) fail("cannot connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

/* Asks once; the body is left in `answer`. */
static const char *ask(int fd, int port, long service) {
  char request[128];
  int n = snprintf(request, sizeof request, "GET /service/%ld HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", service, port);
  if (write(fd, request, n) != n) fail("cannot write");
  size_t have = 0;
  for (;;) {
    ssize_t got = read(fd, answer + have, sizeof answer - 1 - have);
    if (got <= 0) fail("connection closed");
    have += got;
    answer[have] = 0;
    char *end = strstr(answer, "\r\n\r\n");
    if (!end) continue;
    if (strncmp(answer, "HTTP/1.1 200", 12) != 0) fail("the answer is not 200");
    *end = 0;
    char *length = strcasestr(answer, "\r\ncontent-length:");
    if (!length) fail("no Content-Length");
    if (have >= (size_t)(end + 4 - answer) + strtoul(length + 17, NULL, 10)) return end + 4;
    *end = '\r';
  }
}

static void saturate(double warmup, double seconds, long services, int count, const int *ports) {
  int fds[PORTS_MAX];
  for (int i = 0; i < count; i++) fds[i] = connect_to(ports[i]);
  int64_t start = nanoseconds(CLOCK_MONOTONIC), cpu = -1;
  int64_t from = start + (int64_t)(warmup * 1e9), to = from + (int64_t)(seconds * 1e9);
  long probes = 0;
  for (long i = 0;; i++) {
    ask(fds[i % count], ports[i % count], i % services);
    int64_t t = nanoseconds(CLOCK_MONOTONIC);
    if (t < from) continue;
    if (cpu < 0) cpu = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
    else probes++;
    if (t >= to) break;
  }
  printf("{\"probes\":%ld,\"cpu_ms\":%.3f}\n", probes, (nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) / 1e6);
}

static void timing(long every, double seconds, int port) {
  int fd = connect_to(port);
  int64_t end = nanoseconds(CLOCK_MONOTONIC) + (int64_t)(seconds * 1e9);
  while (nanoseconds(CLOCK_MONOTONIC) < end) {
    int64_t start = nanoseconds(CLOCK_MONOTONIC);
    const char *body = ask(fd, port, 0);
    int64_t took = nanoseconds(CLOCK_MONOTONIC) - start;
    const char *field = strstr(body, "\"actual_us\":");
    if (!field) fail("no actual_us in the answer");
    printf("%.1f\n", took / 1e3 - atol(field + 12));
    int64_t rest = every * 1000000 - took;
    struct timespec pause = {rest / 1000000000, rest % 1000000000};
    if (rest > 0) nanosleep(&pause, NULL);
  }
}

int main(int argc, char **argv) {
  if (argc >= 6 && strcmp(argv[1], "saturate") == 0 && argc - 5 <= PORTS_MAX) {
    int ports[PORTS_MAX];
    for (int i = 5; i < argc; i++) ports[i - 5] = atoi(argv[i]);
    saturate(atof(argv[2]), atof(argv[3]), atol(argv[4]), argc - 5, ports);
    return 0;
  }
  if (argc == 5 && strcmp(argv[1], "timing") == 0) {
    timing(atol(argv[2]), atof(argv[3]), atoi(argv[4]));
    return 0;
  }
  fprintf(stderr, "usage: probe saturate WARMUP_S SECONDS SERVICES PORT... | probe timing EVERY_MS SECONDS PORT\n");
  return 2;
}
