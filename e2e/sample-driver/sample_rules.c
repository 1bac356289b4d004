// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rule table of the sample driver: module parameter "rules", its parser,
 * and the search in it.
 *
 * A table is immutable but for the "times" counters. Writing the parameter
 * puts a new table in place of the old one; a call that is under way goes on
 * with the one it started with.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/ctype.h>
#include <linux/glob.h>
#include <linux/kernel.h>
#include <linux/kref.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "sample.h"

struct sample_rules {
	struct kref ref;
	char *text;		/* as given, for reading the parameter */
	char *cut;		/* the same, cut up: the rules point in here */
	unsigned int count;
	struct sample_rule rule[];
};

static struct sample_rules *current_rules;
static DEFINE_MUTEX(current_rules_lock);

static void rules_free(struct kref *ref)
{
	struct sample_rules *rules = container_of(ref, struct sample_rules, ref);

	kfree(rules->text);
	kfree(rules->cut);
	kfree(rules);
}

void sample_rules_put(struct sample_rules *rules)
{
	if (rules)
		kref_put(&rules->ref, rules_free);
}

struct sample_rules *sample_rules_get(void)
{
	struct sample_rules *rules;

	mutex_lock(&current_rules_lock);
	rules = current_rules;
	if (rules)
		kref_get(&rules->ref);
	mutex_unlock(&current_rules_lock);
	return rules;
}

struct sample_rule *sample_rules_next(struct sample_rules *rules,
				      struct sample_rule *after,
				      enum sample_kind kind, const char *parent,
				      const char *type, const char *string)
{
	struct sample_rule *rule, *end;

	if (!rules)
		return NULL;
	end = rules->rule + rules->count;
	for (rule = after ? after + 1 : rules->rule; rule < end; rule++) {
		if (rule->kind != kind || !glob_match(rule->parent, parent) ||
		    !glob_match(rule->type, type))
			continue;
		if (string && !glob_match(rule->string, string))
			continue;
		if (atomic_read(&rule->left) >= 0 &&
		    atomic_dec_if_positive(&rule->left) < 0)
			continue;
		return rule;
	}
	return NULL;
}

/*
 * Cuts *@rest at the first of the characters @stops that no backslash
 * precedes. Returns the part before it; *@rest becomes what is behind it, or
 * NULL where no such character was found.
 */
static char *cut_at(char **rest, const char *stops)
{
	char *part = *rest, *p;

	for (p = part; *p && !strchr(stops, *p); p++)
		if (*p == '\\' && p[1])
			p++;
	*rest = *p ? p + 1 : NULL;
	*p = '\0';
	return part;
}

/* Like cut_at(), at the last one: a version string may contain '='. */
static char *cut_at_last(char **rest, char stop)
{
	char *part = *rest, *last = NULL, *p;

	for (p = part; *p; p++) {
		if (*p == stop)
			last = p;
		if (*p == '\\' && p[1])
			p++;
	}
	*rest = last ? last + 1 : NULL;
	if (last)
		*last = '\0';
	return part;
}

/*
 * Resolves \xHH in place. In a pattern (@glob) the byte stays behind a
 * backslash, which is how glob_match() wants a literal; elsewhere any other
 * escaped character stands for itself.
 */
static int unescape(char *s, bool glob)
{
	char *to = s;
	int hi, lo;

	while (*s) {
		if (*s != '\\') {
			*to++ = *s++;
			continue;
		}
		s++;
		if (*s == 'x') {
			hi = hex_to_bin(s[1]);
			lo = hi < 0 ? -1 : hex_to_bin(s[2]);
			if (lo < 0 || !(hi | lo))
				return -EINVAL;
			s[2] = hi << 4 | lo;
			s += 2;
		}
		if (!*s)
			return -EINVAL;
		if (glob)
			*to++ = '\\';
		*to++ = *s++;
	}
	*to = '\0';
	return 0;
}

static int parse_version(char *text, struct sample_rule *rule)
{
	if (!strcmp(text, "unstable")) {
		rule->action = SAMPLE_UNSTABLE;
		return 0;
	}
	if (!strncmp(text, "long:", 5)) {
		rule->action = SAMPLE_LONG;
		return kstrtouint(text + 5, 10, &rule->value);
	}
	rule->action = SAMPLE_STRING;
	rule->string = text;
	return unescape(text, false);
}

static const struct {
	const char *name;
	enum sample_action action;
	unsigned int max;	/* of the number behind the name; 0: takes none */
	bool write_only;
} actions[] = {
	{ "errno:", SAMPLE_ERRNO, 4095 },	/* the kernel's MAX_ERRNO */
	{ "slow:", SAMPLE_SLOW, 3600 * 1000 },
	{ "hang", SAMPLE_HANG },
	{ "hang:interruptible", SAMPLE_HANG_INTERRUPTIBLE },
	{ "hang:uninterruptible", SAMPLE_HANG_UNINTERRUPTIBLE },
	{ "accept", SAMPLE_ACCEPT, 0, true },
	{ "short:", SAMPLE_SHORT, PAGE_SIZE, true },
	{ "panic", SAMPLE_PANIC, 0, true },
};

static int parse_action(char *text, struct sample_rule *rule)
{
	char *times = strchr(text, ',');
	unsigned int n;
	size_t i, len;
	int ret;

	if (times) {
		*times++ = '\0';
		if (strncmp(times, "times:", 6))
			return -EINVAL;
		ret = kstrtouint(times + 6, 10, &n);
		if (ret || n > INT_MAX)
			return -EINVAL;
		atomic_set(&rule->left, n);
	}
	for (i = 0; i < ARRAY_SIZE(actions); i++) {
		if (actions[i].write_only && rule->kind != SAMPLE_WRITE)
			continue;
		rule->action = actions[i].action;
		if (!actions[i].max) {
			if (!strcmp(text, actions[i].name))
				return 0;
			continue;
		}
		len = strlen(actions[i].name);
		if (strncmp(text, actions[i].name, len))
			continue;
		ret = kstrtouint(text + len, 10, &rule->value);
		if (ret || rule->value > actions[i].max)
			return -EINVAL;
		return rule->action == SAMPLE_ERRNO && !rule->value ? -EINVAL : 0;
	}
	return -EINVAL;
}

static const char * const kinds[] = {
	[SAMPLE_VERSION] = "version",
	[SAMPLE_READ] = "read",
	[SAMPLE_WRITE] = "write",
	[SAMPLE_ABSENT] = "absent",
	[SAMPLE_READONLY] = "readonly",
	[SAMPLE_NOTOFFERED] = "notoffered",
	[SAMPLE_LATE] = "late",
};

static int parse_pattern(char *text, const char **pattern)
{
	*pattern = text;
	return *text ? unescape(text, true) : -EINVAL;
}

/* <kind>:<parent>/<type>[/<string>][=<action>] */
static int parse_rule(char *text, struct sample_rule *rule)
{
	char *rest = text, *part;
	int ret;

	atomic_set(&rule->left, -1);
	ret = match_string(kinds, ARRAY_SIZE(kinds), cut_at(&rest, ":"));
	if (ret < 0 || !rest)
		return -EINVAL;
	rule->kind = ret;

	ret = parse_pattern(cut_at(&rest, "/"), &rule->parent);
	if (ret || !rest)
		return -EINVAL;

	part = cut_at(&rest, rule->kind == SAMPLE_WRITE ? "/" : "=");
	ret = parse_pattern(part, &rule->type);
	if (ret)
		return ret;

	switch (rule->kind) {
	case SAMPLE_VERSION:
		return rest ? parse_version(rest, rule) : -EINVAL;
	case SAMPLE_READ:
		return rest ? parse_action(rest, rule) : -EINVAL;
	case SAMPLE_WRITE:
		if (!rest)
			return -EINVAL;
		ret = parse_pattern(cut_at_last(&rest, '='), &rule->string);
		if (ret || !rest)
			return -EINVAL;
		return parse_action(rest, rule);
	case SAMPLE_LATE:
		ret = rest ? kstrtouint(rest, 10, &rule->value) : -EINVAL;
		return ret || rule->value > SAMPLE_LATE_MAX ? -EINVAL : 0;
	default:
		return rest ? -EINVAL : 0;
	}
}

static struct sample_rules *rules_parse(const char *text)
{
	struct sample_rules *rules;
	unsigned int entries = 1;
	char *rest, *entry;
	const char *p;
	int ret = -ENOMEM;

	for (p = text; *p; p++)
		entries += *p == ';' || *p == '\n';
	rules = kzalloc(struct_size(rules, rule, entries), GFP_KERNEL);
	if (!rules)
		return ERR_PTR(-ENOMEM);
	kref_init(&rules->ref);
	rules->text = kstrdup(text, GFP_KERNEL);
	rules->cut = kstrdup(text, GFP_KERNEL);
	if (!rules->text || !rules->cut)
		goto fail;
	strim(rules->text);

	for (rest = rules->cut; rest; ) {
		entry = strim(cut_at(&rest, ";\n"));
		if (!*entry || *entry == '#')
			continue;
		/* Found in the original, because parsing cuts it up further. */
		p = text + (entry - rules->cut);
		ret = parse_rule(entry, &rules->rule[rules->count]);
		if (ret) {
			pr_err("bad rule: %.*s\n", (int)strcspn(p, ";\n"), p);
			goto fail;
		}
		rules->count++;
	}
	return rules;

fail:
	sample_rules_put(rules);
	return ERR_PTR(ret);
}

static void rules_replace(struct sample_rules *rules)
{
	mutex_lock(&current_rules_lock);
	swap(rules, current_rules);
	mutex_unlock(&current_rules_lock);
	sample_rules_put(rules);
}

static int rules_param_set(const char *text, const struct kernel_param *kp)
{
	struct sample_rules *rules;

	if (strlen(text) > SAMPLE_RULES_MAX) {
		pr_err("rules: more than %d characters\n", SAMPLE_RULES_MAX);
		return -ENOSPC;
	}
	rules = rules_parse(text);
	if (IS_ERR(rules))
		return PTR_ERR(rules);
	rules_replace(rules);
	return 0;
}

static int rules_param_get(char *buf, const struct kernel_param *kp)
{
	struct sample_rules *rules = sample_rules_get();
	int len = scnprintf(buf, PAGE_SIZE, "%s\n", rules ? rules->text : "");

	sample_rules_put(rules);
	return len;
}

/* The core calls this on unload and where loading fails, not the module. */
static void rules_param_free(void *arg)
{
	rules_replace(NULL);
}

/* Own operations: a plain charp parameter ends at 1,024 characters. */
static const struct kernel_param_ops rules_param_ops = {
	.set = rules_param_set,
	.get = rules_param_get,
	.free = rules_param_free,
};

module_param_cb(rules, &rules_param_ops, NULL, 0644);
MODULE_PARM_DESC(rules, "what the types answer, see README.md; may be changed at run time");
