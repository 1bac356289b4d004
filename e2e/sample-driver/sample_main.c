// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sample mdev parent driver whose types have a migration version attribute.
 *
 * Platform devices sample.0, sample.1, ... are mdev parents; each offers the
 * types sample-<type>, and each type has an attribute "version": reading it
 * gives the type's version string, writing a string asks whether a device with
 * that version could be migrated to this one. What is answered follows a rule
 * table, so that tests can have any behaviour of any vendor's driver. The
 * devices themselves do nothing.
 */
#include <linux/atomic.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mdev.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/panic.h>
#include <linux/platform_device.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include <linux/vfio.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "sample.h"
#include "sample_version.h"

#define SAMPLE_DRIVER		"sample"
#define SAMPLE_PARENTS_MAX	256
#define SAMPLE_TYPES_MAX	64

/*
 * What the mdev core's sysfs_ops make of an attribute in a type's directory.
 * The core keeps this structure to itself (drivers/vfio/mdev/mdev_sysfs.c) and
 * since 6.1 offers no way to add attributes, so the layout is repeated here.
 */
struct mdev_type_attribute {
	struct attribute attr;
	ssize_t (*show)(struct mdev_type *mtype,
			struct mdev_type_attribute *attr, char *buf);
	ssize_t (*store)(struct mdev_type *mtype,
			 struct mdev_type_attribute *attr,
			 const char *buf, size_t count);
};

/**
 * struct sample_type - a type of one parent
 * @mtype: for the core; @mtype.sysfs_name is the name without the driver's
 * @owner: the parent it belongs to
 * @label: content of the attribute "name"
 * @attr: attribute that was created, or NULL
 * @late: creates @late_attr after its time
 * @late_attr: attribute that is to be created late
 * @reads: reads since load or reset
 * @writes: writes since load or reset
 * @changes: how often an unstable version was published
 * @lock: protects @last_write
 * @last_write: last string written, byte for byte, or NULL
 */
struct sample_type {
	struct mdev_type mtype;
	struct sample_parent *owner;
	const char *label;
	const struct mdev_type_attribute *attr;
	struct delayed_work late;
	const struct mdev_type_attribute *late_attr;
	atomic_t reads;
	atomic_t writes;
	atomic_t changes;
	struct mutex lock;
	char *last_write;
};

/**
 * struct sample_parent - an mdev parent
 * @mdev: for the core
 * @dev: the platform device
 * @list: in sample_parents
 * @leaving: set before the attributes go, so that no call keeps them waiting
 * @mtypes: the types offered, for the core
 * @nr_types: length of @mtypes and @types
 * @counters: its directory in debugfs
 * @types: the types offered
 */
struct sample_parent {
	struct mdev_parent mdev;
	struct device *dev;
	struct list_head list;
	bool leaving;
	struct mdev_type *mtypes[SAMPLE_TYPES_MAX];
	unsigned int nr_types;
	struct dentry *counters;
	struct sample_type types[];
};

static unsigned int parents = 2;
module_param(parents, uint, 0444);
MODULE_PARM_DESC(parents, "number of mdev parents, 1 to 256 (2)");

static char *types = "A,B,C,D";
module_param(types, charp, 0444);
MODULE_PARM_DESC(types, "names of the types each parent offers (A,B,C,D)");

static unsigned int instances = 4;
module_param(instances, uint, 0444);
MODULE_PARM_DESC(instances, "devices that can be created on each parent (4)");

static char *attribute = "version";
module_param(attribute, charp, 0444);
MODULE_PARM_DESC(attribute, "name of the version attribute (version)");

/* What a written string has to have at its end. */
enum newline_policy {
	NEWLINE_LENIENT,
	NEWLINE_STRICT_WITH,
	NEWLINE_STRICT_WITHOUT,
};

static const char * const newline_names[] = {
	[NEWLINE_LENIENT] = "lenient",
	[NEWLINE_STRICT_WITH] = "strict-with",
	[NEWLINE_STRICT_WITHOUT] = "strict-without",
};

static int newline = NEWLINE_LENIENT;

static int newline_param_set(const char *text, const struct kernel_param *kp)
{
	int ret = sysfs_match_string(newline_names, text);

	if (ret < 0)
		return ret;
	WRITE_ONCE(newline, ret);
	return 0;
}

static int newline_param_get(char *buf, const struct kernel_param *kp)
{
	return scnprintf(buf, PAGE_SIZE, "%s\n",
			 newline_names[READ_ONCE(newline)]);
}

static const struct kernel_param_ops newline_param_ops = {
	.set = newline_param_set,
	.get = newline_param_get,
};

module_param_cb(newline, &newline_param_ops, NULL, 0644);
MODULE_PARM_DESC(newline, "lenient (default), strict-with, strict-without");

/*
 * Calls that wait, in a slow or a hanging rule. A write to "release" ends all
 * waiting in hanging rules that began before it.
 */
static DECLARE_WAIT_QUEUE_HEAD(waiting);
static atomic_t waiting_calls = ATOMIC_INIT(0);
static atomic_t releases = ATOMIC_INIT(0);

static int release_param_set(const char *text, const struct kernel_param *kp)
{
	atomic_inc(&releases);
	wake_up_all(&waiting);
	return 0;
}

static const struct kernel_param_ops release_param_ops = {
	.set = release_param_set,
};

module_param_cb(release, &release_param_ops, NULL, 0200);
MODULE_PARM_DESC(release, "write anything: calls that hang go on");

static struct dentry *debugfs_root;
static LIST_HEAD(sample_parents);
static DEFINE_MUTEX(sample_parents_lock);

static struct sample_type *to_sample_type(struct mdev_type *mtype)
{
	return container_of(mtype, struct sample_type, mtype);
}

static const char *type_name(const struct sample_type *type)
{
	return type->mtype.sysfs_name;
}

/*
 * Waits as a slow or hanging rule says. Returns 0 when the wait is over,
 * -ENODEV when the parent went away meanwhile, -EINTR after a signal (which
 * only a fatal one is to a killable wait; its process sees nothing of it).
 */
static int wait_as_told(struct sample_parent *parent,
			const struct sample_rule *rule)
{
	int before = atomic_read(&releases);
	int ret = 0;

	atomic_inc(&waiting_calls);
#define GONE		READ_ONCE(parent->leaving)
#define RELEASED	(GONE || atomic_read(&releases) != before)
	switch (rule->action) {
	case SAMPLE_SLOW:
		ret = wait_event_killable_timeout(waiting, GONE,
						  msecs_to_jiffies(rule->value));
		break;
	case SAMPLE_HANG:
		ret = wait_event_killable(waiting, RELEASED);
		break;
	case SAMPLE_HANG_INTERRUPTIBLE:
		ret = wait_event_interruptible(waiting, RELEASED);
		break;
	case SAMPLE_HANG_UNINTERRUPTIBLE:
		wait_event(waiting, RELEASED);
		break;
	default:
		break;
	}
	atomic_dec(&waiting_calls);
	if (ret < 0)
		return -EINTR;
	return GONE ? -ENODEV : 0;
#undef RELEASED
#undef GONE
}

/*
 * Goes through the rules for a read (@string is NULL) or a write and waits
 * where they say so. Returns 0 and in @decision the rule that decides, NULL
 * where none does, or an error.
 */
static int decide(struct sample_rules *rules, struct sample_type *type,
		  const char *string, struct sample_rule **decision)
{
	enum sample_kind kind = string ? SAMPLE_WRITE : SAMPLE_READ;
	struct sample_rule *rule = NULL;
	int ret;

	while ((rule = sample_rules_next(rules, rule, kind,
					 dev_name(type->owner->dev),
					 type_name(type), string))) {
		switch (rule->action) {
		case SAMPLE_SLOW:
		case SAMPLE_HANG:
		case SAMPLE_HANG_INTERRUPTIBLE:
		case SAMPLE_HANG_UNINTERRUPTIBLE:
			ret = wait_as_told(type->owner, rule);
			if (ret)
				return ret;
			break;
		default:
			*decision = rule;
			return 0;
		}
	}
	*decision = NULL;
	return 0;
}

/* Writes the type's version, at most PAGE_SIZE - 2 characters, to @buf. */
static size_t format_version(struct sample_rules *rules,
			     struct sample_type *type, char *buf)
{
	struct sample_rule *rule;
	unsigned int len;

	rule = sample_rules_next(rules, NULL, SAMPLE_VERSION,
				 dev_name(type->owner->dev), type_name(type),
				 NULL);
	if (!rule)
		return scnprintf(buf, PAGE_SIZE - 1, "%s-v1", type_name(type));

	switch (rule->action) {
	case SAMPLE_UNSTABLE:
		return scnprintf(buf, PAGE_SIZE - 1, "%s-unstable-%d",
				 type_name(type), atomic_read(&type->changes));
	case SAMPLE_LONG:
		len = min_t(unsigned int, rule->value, PAGE_SIZE - 2);
		memset(buf, 'v', len);
		buf[len] = '\0';
		return len;
	default:
		return scnprintf(buf, PAGE_SIZE - 1, "%s", rule->string);
	}
}

static ssize_t version_show(struct mdev_type *mtype,
			    struct mdev_type_attribute *attr, char *buf)
{
	struct sample_type *type = to_sample_type(mtype);
	struct sample_rules *rules = sample_rules_get();
	struct sample_rule *decision;
	ssize_t ret;

	atomic_inc(&type->reads);
	ret = decide(rules, type, NULL, &decision);
	if (!ret && decision)
		ret = -(int)decision->value;
	if (!ret) {
		atomic_inc(&type->changes);
		ret = format_version(rules, type, buf);
		buf[ret++] = '\n';
	}
	sample_rules_put(rules);
	return ret;
}

/* Keeps what was written, or on a lack of memory what was written before. */
static void remember(struct sample_type *type, const char *buf)
{
	char *copy = kstrdup(buf, GFP_KERNEL);

	if (!copy)
		return;
	mutex_lock(&type->lock);
	swap(copy, type->last_write);
	mutex_unlock(&type->lock);
	kfree(copy);
}

static int compare_with_own(struct sample_rules *rules,
			    struct sample_type *type, const char *string)
{
	char *own = kmalloc(PAGE_SIZE, GFP_KERNEL);
	int ret;

	if (!own)
		return -ENOMEM;
	format_version(rules, type, own);
	ret = strcmp(own, string) ? -EINVAL : 0;
	kfree(own);
	return ret;
}

/* Answers a write of @count bytes: how many of them were taken, or an error. */
static ssize_t answer(struct sample_rules *rules, struct sample_type *type,
		      struct sample_rule *decision, const char *string,
		      size_t count)
{
	int ret;

	if (!decision) {
		ret = compare_with_own(rules, type, string);
		return ret ? ret : count;
	}
	switch (decision->action) {
	case SAMPLE_ERRNO:
		return -(int)decision->value;
	case SAMPLE_SHORT:
		return min_t(size_t, decision->value, count);
	case SAMPLE_PANIC:
		panic("%s: %s %s-%s: the rule table says panic\n",
		      KBUILD_MODNAME, dev_name(type->owner->dev),
		      SAMPLE_DRIVER, type_name(type));
	default:
		return count;
	}
}

static ssize_t version_store(struct mdev_type *mtype,
			     struct mdev_type_attribute *attr,
			     const char *buf, size_t count)
{
	struct sample_type *type = to_sample_type(mtype);
	size_t len = strlen(buf);
	bool ends = len && buf[len - 1] == '\n';
	int policy = READ_ONCE(newline);
	struct sample_rule *decision;
	struct sample_rules *rules;
	char *string;
	ssize_t ret;

	atomic_inc(&type->writes);
	remember(type, buf);

	string = kmemdup_nul(buf, len - ends, GFP_KERNEL);
	if (!string)
		return -ENOMEM;
	rules = sample_rules_get();

	if ((policy == NEWLINE_STRICT_WITH && !ends) ||
	    (policy == NEWLINE_STRICT_WITHOUT && ends)) {
		ret = -EINVAL;
	} else {
		ret = decide(rules, type, string, &decision);
		if (ret)	/* not an answer: the wait was broken off */
			goto out;
		ret = answer(rules, type, decision, string, count);
	}
	if (ret < 0)
		dev_info(type->owner->dev,
			 "%s-%s: version \"%*pE\" refused, error %zd\n",
			 SAMPLE_DRIVER, type_name(type),
			 (int)min_t(size_t, len, 256), buf, -ret);
out:
	sample_rules_put(rules);
	kfree(string);
	return ret;
}

/* The name is that of the module parameter. */
static struct mdev_type_attribute version_attr = {
	.attr.mode = 0644,
	.show = version_show,
	.store = version_store,
};

static struct mdev_type_attribute version_attr_readonly = {
	.attr.mode = 0444,
	.show = version_show,
};

static int last_write_show(struct seq_file *m, void *unused)
{
	struct sample_type *type = m->private;

	mutex_lock(&type->lock);
	if (type->last_write)
		seq_puts(m, type->last_write);
	mutex_unlock(&type->lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(last_write);

static void add_counters(struct sample_type *type, struct dentry *dir)
{
	char name[NAME_MAX + 1];
	struct dentry *sub;

	snprintf(name, sizeof(name), "%s-%s", SAMPLE_DRIVER, type_name(type));
	sub = debugfs_create_dir(name, dir);
	debugfs_create_atomic_t("reads", 0644, sub, &type->reads);
	debugfs_create_atomic_t("writes", 0644, sub, &type->writes);
	debugfs_create_file("last_write", 0400, sub, type, &last_write_fops);
}

/* Sums over all parents that are bound; writing anything resets them all. */
static int sum_show(struct seq_file *m, void *unused)
{
	unsigned long reads = 0, writes = 0;
	struct sample_parent *parent;
	unsigned int i;

	mutex_lock(&sample_parents_lock);
	list_for_each_entry(parent, &sample_parents, list) {
		for (i = 0; i < parent->nr_types; i++) {
			reads += atomic_read(&parent->types[i].reads);
			writes += atomic_read(&parent->types[i].writes);
		}
	}
	mutex_unlock(&sample_parents_lock);
	seq_printf(m, "reads %lu\nwrites %lu\n", reads, writes);
	return 0;
}

static int sum_open(struct inode *inode, struct file *file)
{
	return single_open(file, sum_show, NULL);
}

static ssize_t sum_write(struct file *file, const char __user *buf,
			 size_t count, loff_t *ppos)
{
	struct sample_parent *parent;
	struct sample_type *type;
	unsigned int i;

	mutex_lock(&sample_parents_lock);
	list_for_each_entry(parent, &sample_parents, list) {
		for (i = 0; i < parent->nr_types; i++) {
			type = &parent->types[i];
			atomic_set(&type->reads, 0);
			atomic_set(&type->writes, 0);
			mutex_lock(&type->lock);
			kfree(type->last_write);
			type->last_write = NULL;
			mutex_unlock(&type->lock);
		}
	}
	mutex_unlock(&sample_parents_lock);
	return count;
}

static const struct file_operations sum_fops = {
	.owner = THIS_MODULE,
	.open = sum_open,
	.read = seq_read,
	.write = sum_write,
	.llseek = seq_lseek,
	.release = single_release,
};

/*
 * The mediated device: it can be created, opened and removed, and has nothing
 * in it. Like every device of this kind it has no IOMMU of its own.
 */
static long sample_device_ioctl(struct vfio_device *vdev, unsigned int cmd,
				unsigned long arg)
{
	size_t size = offsetofend(struct vfio_device_info, num_irqs);
	struct vfio_device_info info;

	if (cmd != VFIO_DEVICE_GET_INFO)
		return -ENOTTY;
	if (copy_from_user(&info, (void __user *)arg, size))
		return -EFAULT;
	if (info.argsz < size)
		return -EINVAL;
	info.flags = VFIO_DEVICE_FLAGS_PCI;
	info.num_regions = 0;
	info.num_irqs = 0;
	return copy_to_user((void __user *)arg, &info, size) ? -EFAULT : 0;
}

static const struct vfio_device_ops sample_device_ops = {
	.name = KBUILD_MODNAME,
	.ioctl = sample_device_ioctl,
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
	/* Up to here the core leaves it to the driver to free what it allocated. */
	.release = vfio_free_device,
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	/* Demanded of every driver from here on, where iommufd is configured. */
	.bind_iommufd = vfio_iommufd_emulated_bind,
	.unbind_iommufd = vfio_iommufd_emulated_unbind,
	.attach_ioas = vfio_iommufd_emulated_attach_ioas,
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	.detach_ioas = vfio_iommufd_emulated_detach_ioas,
#endif
};

struct sample_device {
	struct vfio_device vdev;
};

static int sample_device_probe(struct mdev_device *mdev)
{
	struct sample_device *sdev;
	int ret;

	sdev = vfio_alloc_device(sample_device, vdev, &mdev->dev,
				 &sample_device_ops);
	if (IS_ERR(sdev))
		return PTR_ERR(sdev);
	ret = vfio_register_emulated_iommu_dev(&sdev->vdev);
	if (ret) {
		vfio_put_device(&sdev->vdev);
		return ret;
	}
	dev_set_drvdata(&mdev->dev, sdev);
	return 0;
}

static void sample_device_remove(struct mdev_device *mdev)
{
	struct sample_device *sdev = dev_get_drvdata(&mdev->dev);

	vfio_unregister_group_dev(&sdev->vdev);
	vfio_put_device(&sdev->vdev);
}

static ssize_t sample_show_description(struct mdev_type *mtype, char *buf)
{
	return sysfs_emit(buf, "sample type %s, a device with nothing in it\n",
			  type_name(to_sample_type(mtype)));
}

static struct mdev_driver sample_mdev_driver = {
	.device_api = VFIO_DEVICE_API_PCI_STRING,
	.probe = sample_device_probe,
	.remove = sample_device_remove,
	.show_description = sample_show_description,
	.driver = {
		.name = "mdev_sample",
		.owner = THIS_MODULE,
		.mod_name = KBUILD_MODNAME,
	},
};

/* The type names that the module parameter lists; set up once, at load. */
static const char *type_names[SAMPLE_TYPES_MAX];
static const char *type_labels[SAMPLE_TYPES_MAX];
static unsigned int nr_type_names;
static char *type_names_cut;

static struct sample_rule *rules_say(struct sample_rules *rules,
				     enum sample_kind kind, struct device *dev,
				     const char *name)
{
	return sample_rules_next(rules, NULL, kind, dev_name(dev), name, NULL);
}

static int add_attribute(struct sample_type *type,
			 const struct mdev_type_attribute *attr)
{
	int ret = sysfs_create_file(&type->mtype.kobj, &attr->attr);

	if (!ret)
		type->attr = attr;
	return ret;
}

static void add_late_attribute(struct work_struct *work)
{
	struct sample_type *type = container_of(to_delayed_work(work),
						struct sample_type, late);

	if (add_attribute(type, type->late_attr))
		dev_err(type->owner->dev, "%s-%s: no attribute\n",
			SAMPLE_DRIVER, type_name(type));
}

static int add_attributes(struct sample_parent *parent,
			  struct sample_rules *rules)
{
	struct mdev_type_attribute *attr;
	struct sample_rule *late;
	struct sample_type *type;
	unsigned int i;
	int ret;

	for (i = 0; i < parent->nr_types; i++) {
		type = &parent->types[i];
		if (rules_say(rules, SAMPLE_ABSENT, parent->dev, type_name(type)))
			continue;
		attr = rules_say(rules, SAMPLE_READONLY, parent->dev,
				 type_name(type)) ?
			&version_attr_readonly : &version_attr;
		late = rules_say(rules, SAMPLE_LATE, parent->dev,
				 type_name(type));
		if (late) {
			type->late_attr = attr;
			schedule_delayed_work(&type->late,
					      msecs_to_jiffies(late->value));
			continue;
		}
		ret = add_attribute(type, attr);
		if (ret)
			return ret;
	}
	return 0;
}

/* Returns when no call is in an attribute any more; waits are broken off. */
static void remove_attributes(struct sample_parent *parent)
{
	struct sample_type *type;
	unsigned int i;

	WRITE_ONCE(parent->leaving, true);
	wake_up_all(&waiting);
	for (i = 0; i < parent->nr_types; i++) {
		type = &parent->types[i];
		cancel_delayed_work_sync(&type->late);
		if (type->attr)
			sysfs_remove_file(&type->mtype.kobj, &type->attr->attr);
	}
}

static void free_parent(struct sample_parent *parent)
{
	unsigned int i;

	for (i = 0; i < parent->nr_types; i++)
		kfree(parent->types[i].last_write);
	kfree(parent);
}

static int sample_probe(struct platform_device *pdev)
{
	struct sample_rules *rules = sample_rules_get();
	struct device *dev = &pdev->dev;
	struct sample_parent *parent;
	struct sample_type *type;
	unsigned int i;
	int ret;

	parent = kzalloc(struct_size(parent, types, nr_type_names), GFP_KERNEL);
	if (!parent) {
		ret = -ENOMEM;
		goto out;
	}
	parent->dev = dev;
	for (i = 0; i < nr_type_names; i++) {
		if (rules_say(rules, SAMPLE_NOTOFFERED, dev, type_names[i]))
			continue;
		type = &parent->types[parent->nr_types];
		type->owner = parent;
		type->mtype.sysfs_name = type_names[i];
		type->mtype.pretty_name = type_labels[i];
		mutex_init(&type->lock);
		INIT_DELAYED_WORK(&type->late, add_late_attribute);
		parent->mtypes[parent->nr_types++] = &type->mtype;
	}

	ret = mdev_register_parent(&parent->mdev, dev, &sample_mdev_driver,
				   parent->mtypes, parent->nr_types);
	if (ret)
		goto err_free;
	ret = add_attributes(parent, rules);
	if (ret)
		goto err_unregister;

	parent->counters = debugfs_create_dir(dev_name(dev), debugfs_root);
	for (i = 0; i < parent->nr_types; i++)
		add_counters(&parent->types[i], parent->counters);

	mutex_lock(&sample_parents_lock);
	list_add_tail(&parent->list, &sample_parents);
	mutex_unlock(&sample_parents_lock);
	platform_set_drvdata(pdev, parent);
	goto out;

err_unregister:
	remove_attributes(parent);
	mdev_unregister_parent(&parent->mdev);
err_free:
	free_parent(parent);
out:
	sample_rules_put(rules);
	return ret;
}

static void sample_unbind(struct platform_device *pdev)
{
	struct sample_parent *parent = platform_get_drvdata(pdev);

	mutex_lock(&sample_parents_lock);
	list_del(&parent->list);
	mutex_unlock(&sample_parents_lock);
	remove_attributes(parent);
	debugfs_remove_recursive(parent->counters);
	mdev_unregister_parent(&parent->mdev);
	free_parent(parent);
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
static void sample_remove(struct platform_device *pdev)
{
	sample_unbind(pdev);
}
#else
static int sample_remove(struct platform_device *pdev)
{
	sample_unbind(pdev);
	return 0;
}
#endif

static struct platform_driver sample_driver = {
	.probe = sample_probe,
	.remove = sample_remove,
	.driver = {
		.name = SAMPLE_DRIVER,
	},
};

static struct platform_device *sample_devices[SAMPLE_PARENTS_MAX];

static void remove_devices(void)
{
	unsigned int i;

	for (i = 0; i < parents && sample_devices[i]; i++)
		platform_device_unregister(sample_devices[i]);
}

static int add_devices(void)
{
	struct platform_device *pdev;
	unsigned int i;

	for (i = 0; i < parents; i++) {
		pdev = platform_device_register_simple(SAMPLE_DRIVER, i, NULL, 0);
		if (IS_ERR(pdev)) {
			remove_devices();
			return PTR_ERR(pdev);
		}
		sample_devices[i] = pdev;
	}
	return 0;
}

static void forget_types(void)
{
	while (nr_type_names)
		kfree(type_labels[--nr_type_names]);
	kfree(type_names_cut);
}

/* Cuts up the parameter "types". */
static int learn_types(void)
{
	char *rest, *name;
	unsigned int i;
	int ret;

	type_names_cut = kstrdup(types, GFP_KERNEL);
	if (!type_names_cut)
		return -ENOMEM;
	rest = type_names_cut;
	while ((name = strsep(&rest, ","))) {
		ret = -EINVAL;
		if (nr_type_names == SAMPLE_TYPES_MAX || !*name ||
		    strlen(name) > 128 || strchr(name, '/'))
			goto fail;
		for (i = 0; i < nr_type_names; i++)
			if (!strcmp(type_names[i], name))
				goto fail;
		ret = -ENOMEM;
		/* With a blank: that is how vendors name theirs. */
		type_labels[nr_type_names] = kasprintf(GFP_KERNEL, "Sample %s", name);
		if (!type_labels[nr_type_names])
			goto fail;
		type_names[nr_type_names++] = name;
	}
	return 0;

fail:
	pr_err("%s: bad or too many types\n", KBUILD_MODNAME);
	forget_types();
	return ret;
}

static const char * const core_attributes[] = {
	"available_instances", "create", "description", "device_api", "devices",
	"name",
};

static int __init sample_init(void)
{
	int ret;

	if (!parents || parents > SAMPLE_PARENTS_MAX || !*attribute ||
	    strchr(attribute, '/') ||
	    match_string(core_attributes, ARRAY_SIZE(core_attributes),
			 attribute) >= 0) {
		pr_err("%s: parents or attribute out of range\n", KBUILD_MODNAME);
		return -EINVAL;
	}
	version_attr.attr.name = attribute;
	version_attr_readonly.attr.name = attribute;
	sample_mdev_driver.max_instances = instances;

	ret = learn_types();
	if (ret)
		return ret;
	debugfs_root = debugfs_create_dir(KBUILD_MODNAME, NULL);
	debugfs_create_atomic_t("waiting", 0444, debugfs_root, &waiting_calls);
	debugfs_create_file("sum", 0600, debugfs_root, NULL, &sum_fops);

	ret = mdev_register_driver(&sample_mdev_driver);
	if (ret)
		goto err_debugfs;
	ret = platform_driver_register(&sample_driver);
	if (ret)
		goto err_mdev;
	ret = add_devices();
	if (ret)
		goto err_platform;
	return 0;

err_platform:
	platform_driver_unregister(&sample_driver);
err_mdev:
	mdev_unregister_driver(&sample_mdev_driver);
err_debugfs:
	debugfs_remove_recursive(debugfs_root);
	forget_types();
	return ret;
}

static void __exit sample_exit(void)
{
	remove_devices();
	platform_driver_unregister(&sample_driver);
	mdev_unregister_driver(&sample_mdev_driver);
	debugfs_remove_recursive(debugfs_root);
	forget_types();
}

module_init(sample_init);
module_exit(sample_exit);

MODULE_DESCRIPTION("Sample mdev parent driver with a migration version attribute");
MODULE_AUTHOR("The mdev-migration authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(SAMPLE_MODULE_VERSION);
