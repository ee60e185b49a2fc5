/* A service that answers after a set delay and knows how long it really took: from the moment the request was read to
 * the moment the answer was written. It stands for another machine, so it asks for a priority that does not let it
 * wait for a CPU of this one.
 *
 * usage: delay-server DELAY_MS; prints its port. GET /probe/N and every other path answer after the delay, with
 * {"status":"healthy","sequence":S,"actual_us":U}; GET /actual/N answers at once what /probe/N last took. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 4096, RECORDS = 65536, REQUEST_MAX = 4096 };
enum { NO_RECORD = -1, GONE = -2 };

struct connection {
  char request[REQUEST_MAX];
  size_t length;
  int64_t seen, due; /* nanoseconds, monotonic */
  long record;       /* N of /probe/N, or one of the two above */
};

static struct connection *connections[CONNECTIONS];
/* The delay is the same for all, so the first to come is the first to go: a ring of sockets is the timer queue. */
static int queue[CONNECTIONS];
static unsigned head, tail;
static long actual[RECORDS];
static long sequence;
static int timer, poll;

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void respond(int fd, const char *body, int length) {
  char out[512];
  int n = snprintf(out, sizeof out,
                   "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", length, body);
  if (write(fd, out, n) != n) shutdown(fd, SHUT_RDWR);
}

static void arm(void) {
  struct itimerspec at = {0};
  if (head != tail) {
    int64_t due = connections[queue[head % CONNECTIONS]]->due;
    at.it_value.tv_sec = due / 1000000000LL;
    at.it_value.tv_nsec = due % 1000000000LL;
  }
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL);
}

static void forget(int fd) {
  epoll_ctl(poll, EPOLL_CTL_DEL, fd, NULL);
  for (unsigned i = head; i != tail; i++) {
    if (queue[i % CONNECTIONS] != fd) continue;
    connections[fd]->record = GONE; /* its turn in the ring will close it: until then the number must not be reused */
    return;
  }
  close(fd);
}

static void answer_due(void) {
  uint64_t expirations;
  if (read(timer, &expirations, sizeof expirations) < 0) return;
  while (head != tail) {
    int fd = queue[head % CONNECTIONS];
    struct connection *c = connections[fd];
    if (c->due > now()) break;
    head++;
    if (c->record == GONE) {
      close(fd);
      continue;
    }
    char body[128];
    long us = (now() - c->seen) / 1000;
    int n = snprintf(body, sizeof body, "{\"status\":\"healthy\",\"sequence\":%ld,\"actual_us\":%ld}", ++sequence, us);
    respond(fd, body, n);
    if (c->record >= 0) actual[c->record % RECORDS] = us;
  }
  arm();
}

static void take_request(int fd, int64_t delay) {
  struct connection *c = connections[fd];
  ssize_t n = read(fd, c->request + c->length, REQUEST_MAX - 1 - c->length);
  int64_t seen = now();
  if (n <= 0) {
    forget(fd);
    return;
  }
  c->length += n;
  c->request[c->length] = 0;
  if (!strstr(c->request, "\r\n\r\n")) return;
  c->length = 0;
  if (strncmp(c->request, "GET /actual/", 12) == 0) {
    char body[64];
    long record = atol(c->request + 12);
    respond(fd, body, snprintf(body, sizeof body, "{\"actual_us\":%ld}", actual[record % RECORDS]));
    return;
  }
  c->record = strncmp(c->request, "GET /probe/", 11) == 0 ? atol(c->request + 11) : NO_RECORD;
  c->seen = seen;
  c->due = seen + delay;
  queue[tail++ % CONNECTIONS] = fd;
  if (tail - head == 1) arm();
}

static void accept_all(int listener) {
  int fd, one = 1;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    if (fd >= CONNECTIONS) {
      close(fd);
      continue;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (!connections[fd]) connections[fd] = calloc(1, sizeof(struct connection));
    connections[fd]->length = 0;
    connections[fd]->record = NO_RECORD;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
  }
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: delay-server DELAY_MS\n");
    return 2;
  }
  int64_t delay = atol(argv[1]) * 1000000LL;
  struct sched_param priority = {.sched_priority = 1};
  sched_setscheduler(0, SCHED_FIFO, &priority); /* without the right to it the measured delay is longer, still true */
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 1024)) fail("listen");
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  poll = epoll_create1(0);
  timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  event.data.fd = timer;
  epoll_ctl(poll, EPOLL_CTL_ADD, timer, &event);
  for (;;) {
    struct epoll_event events[64];
    int n = epoll_wait(poll, events, 64, -1);
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) accept_all(listener);
      else if (fd == timer) answer_due();
      else take_request(fd, delay);
    }
  }
}
