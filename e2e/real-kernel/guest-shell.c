// SPDX-License-Identifier: Apache-2.0
/*
 * A shell command from the host, run in the guest. One program for both ends:
 *
 *   guest-shell --serve PORT TOKEN-FILE       in the guest, as its process 1
 *   guest-shell [--timeout SECONDS] RUNDIR COMMAND      on the host
 *
 * One TCP connection is one command. Numbers are 32 bits, big-endian.
 *
 *   request:   token (32 characters), length, command for sh -c
 *   response:  frames of type (1 byte), length, content
 *                o  standard output     e  standard error
 *                x  exit status, decimal; always the last frame
 *
 * A client that closes the connection early ends the command (SIGKILL to its
 * process group). The command's end ends the response: what processes that it
 * left in the background print later is lost, so redirect it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TOKEN_LENGTH = 32, MAX_COMMAND = 1 << 20, BUFFER = 1 << 16 };

static void die(const char *what)
{
	fprintf(stderr, "guest-shell: %s: %s\n", what, strerror(errno));
	exit(255);
}

/* Returns whether all of it could be sent. */
static int send_all(int fd, const void *data, size_t length)
{
	const char *p = data;
	ssize_t n;

	while (length) {
		n = send(fd, p, length, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return 0;
		p += n;
		length -= n;
	}
	return 1;
}

/* Milliseconds of the monotonic clock. */
static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* Returns 1, 0 at the end of the stream, or -1 at the deadline (0: none). */
static int receive_all(int fd, void *data, size_t length, long long deadline)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char *to = data;
	long long left;
	ssize_t n;

	while (length) {
		left = deadline ? deadline - now() : -1;
		if (deadline && left <= 0)
			return -1;
		if (poll(&p, 1, left) <= 0)
			continue;
		n = recv(fd, to, length, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return 0;
		to += n;
		length -= n;
	}
	return 1;
}

static int send_frame(int fd, char type, const void *content, uint32_t length)
{
	char head[5] = { type };
	uint32_t n = htonl(length);

	memcpy(head + 1, &n, sizeof(n));
	return send_all(fd, head, sizeof(head)) && send_all(fd, content, length);
}

/* ---- the guest's end ---- */

/* Sends what can be read now; returns 0 at the end of the pipe. */
static int pass_on(int from, int to, char type, char *buffer)
{
	ssize_t n = read(from, buffer, BUFFER);

	if (n > 0)
		return send_frame(to, type, buffer, n);
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static pid_t start(char *command, int *out, int *err)
{
	int o[2], e[2], null;
	pid_t pid;

	if (pipe2(o, O_CLOEXEC) || pipe2(e, O_CLOEXEC))
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		setsid();
		null = open("/dev/null", O_RDONLY);
		dup2(null, 0);
		dup2(o[1], 1);
		dup2(e[1], 2);
		execl("/bin/sh", "sh", "-c", command, NULL);
		die("/bin/sh");
	}
	close(o[1]);
	close(e[1]);
	fcntl(o[0], F_SETFL, O_NONBLOCK);
	fcntl(e[0], F_SETFL, O_NONBLOCK);
	*out = o[0];
	*err = e[0];
	return pid;
}

static void serve_one(int client, const char *token)
{
	char given[TOKEN_LENGTH], *command, *buffer = malloc(BUFFER), text[16];
	long long deadline = now() + 10000;
	struct pollfd p[4];
	int out, err, status;
	uint32_t length;
	pid_t pid;

	if (receive_all(client, given, sizeof(given), deadline) != 1 ||
	    memcmp(given, token, sizeof(given)) ||
	    receive_all(client, &length, sizeof(length), deadline) != 1)
		return;
	length = ntohl(length);
	if (length > MAX_COMMAND)
		return;
	command = calloc(1, length + 1);
	if (receive_all(client, command, length, deadline) != 1)
		return;

	pid = start(command, &out, &err);
	p[0] = (struct pollfd) { .fd = out, .events = POLLIN };
	p[1] = (struct pollfd) { .fd = err, .events = POLLIN };
	p[2] = (struct pollfd) { .fd = pidfd_open(pid, 0), .events = POLLIN };
	p[3] = (struct pollfd) { .fd = client, .events = POLLRDHUP };
	for (;;) {
		if (poll(p, 4, -1) < 0)
			continue;
		if (p[3].revents) {
			kill(-pid, SIGKILL);
			return;
		}
		if (p[0].revents && !pass_on(out, client, 'o', buffer))
			p[0].fd = -1;
		if (p[1].revents && !pass_on(err, client, 'e', buffer))
			p[1].fd = -1;
		/* Its own end counts once both pipes have nothing more now. */
		if (p[2].revents && poll(p, 2, 0) <= 0)
			break;
	}
	waitpid(pid, &status, 0);
	status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	send_frame(client, 'x', text, snprintf(text, sizeof(text), "%d", status));
}

static int serve(int port, const char *token_file)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_ANY),
	};
	char token[TOKEN_LENGTH];
	int listener, client, one = 1;
	FILE *f = fopen(token_file, "r");

	if (!f || fread(token, 1, sizeof(token), f) != sizeof(token))
		die(token_file);
	fclose(f);
	/* As process 1: whatever is left behind is reaped by the kernel. */
	signal(SIGCHLD, SIG_IGN);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(listener, 128))
		die("listen");
	for (;;) {
		client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (client < 0)
			continue;
		if (!fork()) {
			signal(SIGCHLD, SIG_DFL);
			serve_one(client, token);
			_exit(0);
		}
		close(client);
	}
}

/* ---- the host's end ---- */

static void read_file(const char *folder, const char *name, char *to, size_t size)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "r");
	if (!f || !fgets(to, size, f))
		die(path);
	fclose(f);
}

static int give_up(const char *why, int status)
{
	fprintf(stderr, "guest-shell: %s\n", why);
	return status;
}

static int ask(const char *folder, const char *command, double timeout)
{
	long long deadline = timeout > 0 ? now() + (long long)(timeout * 1000) : 0;
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	char token[TOKEN_LENGTH + 1], port[16], type, *content;
	uint32_t length = htonl(strlen(command));
	int fd, got;

	read_file(folder, "port", port, sizeof(port));
	read_file(folder, "share/token", token, sizeof(token));
	address.sin_port = htons(atoi(port));
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)))
		die("connect");
	if (!send_all(fd, token, TOKEN_LENGTH) ||
	    !send_all(fd, &length, sizeof(length)) ||
	    !send_all(fd, command, strlen(command)))
		return give_up("the guest closed the connection", 255);

	while ((got = receive_all(fd, &type, 1, deadline)) == 1 &&
	       (got = receive_all(fd, &length, sizeof(length), deadline)) == 1) {
		length = ntohl(length);
		content = calloc(1, (size_t)length + 1);
		got = receive_all(fd, content, length, deadline);
		if (got != 1)
			break;
		if (type == 'x')
			return atoi(content);
		fwrite(content, 1, length, type == 'e' ? stderr : stdout);
		fflush(type == 'e' ? stderr : stdout);
		free(content);
	}
	return got < 0 ? give_up("no end of the command within the timeout", 124) :
			 give_up("the guest closed the connection", 255);
}

int main(int argc, char **argv)
{
	double timeout = 60;

	if (argc == 4 && !strcmp(argv[1], "--serve"))
		return serve(atoi(argv[2]), argv[3]);
	if (argc > 2 && !strcmp(argv[1], "--timeout")) {
		timeout = atof(argv[2]);
		argc -= 2;
		argv += 2;
	}
	if (argc != 3) {
		fprintf(stderr, "usage: guest-shell [--timeout SECONDS] RUNDIR COMMAND\n");
		return 2;
	}
	return ask(argv[1], argv[2], timeout);
}
