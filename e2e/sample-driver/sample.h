/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rule table of the sample driver: what a type answers when its version
 * attribute is read or written. README.md describes the grammar.
 */
#ifndef MDEV_SAMPLE_H
#define MDEV_SAMPLE_H

#include <linux/types.h>

/* A sysfs write hands over at most one page; this leaves room for the rest. */
#define SAMPLE_RULES_MAX	4000

/* Milliseconds after which an attribute comes at the latest. */
#define SAMPLE_LATE_MAX		60000

enum sample_kind {
	SAMPLE_VERSION,		/* the version string of a type */
	SAMPLE_READ,		/* how a read behaves */
	SAMPLE_WRITE,		/* how a write behaves */
	SAMPLE_ABSENT,		/* no attribute; looked at when a parent is bound */
	SAMPLE_READONLY,	/* mode 0444; looked at when a parent is bound */
	SAMPLE_NOTOFFERED,	/* no such type; looked at when a parent is bound */
	SAMPLE_LATE,		/* the attribute comes @value ms after the parent */
};

enum sample_action {
	SAMPLE_NONE,		/* the kind says it all */
	SAMPLE_STRING,		/* version: this string */
	SAMPLE_UNSTABLE,	/* version: another one at each read */
	SAMPLE_LONG,		/* version: @value characters */
	SAMPLE_ACCEPT,		/* write: all of it was taken */
	SAMPLE_ERRNO,		/* fail with error @value */
	SAMPLE_SHORT,		/* write: only @value bytes were taken */
	SAMPLE_PANIC,		/* write: the kernel panics */
	SAMPLE_SLOW,		/* wait @value ms, then look at the rules behind */
	SAMPLE_HANG,		/* wait for release, then look at the rules behind */
	SAMPLE_HANG_INTERRUPTIBLE,
	SAMPLE_HANG_UNINTERRUPTIBLE,
};

/**
 * struct sample_rule - one entry of the table
 * @kind: what it is about
 * @action: what to do
 * @value: number that belongs to the action
 * @left: how often it still matches, negative: always
 * @parent: glob pattern for the parent's name
 * @type: glob pattern for the type's name, without the driver's
 * @string: glob pattern for the string written, or the version to publish
 */
struct sample_rule {
	enum sample_kind kind;
	enum sample_action action;
	unsigned int value;
	atomic_t left;
	const char *parent;
	const char *type;
	const char *string;
};

struct sample_rules;

/* The table in force, or NULL; it stays valid until it is put. */
struct sample_rules *sample_rules_get(void);
void sample_rules_put(struct sample_rules *rules);

/* The first match behind @after (NULL: of all), or NULL. */
struct sample_rule *sample_rules_next(struct sample_rules *rules,
				      struct sample_rule *after,
				      enum sample_kind kind, const char *parent,
				      const char *type, const char *string);

#endif /* MDEV_SAMPLE_H */
