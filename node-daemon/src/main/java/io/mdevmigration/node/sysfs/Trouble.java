package io.mdevmigration.node.sysfs;

/**
 * Why a scan is not complete: something may be missing in it.
 *
 * @param about what could not be read
 * @param errno why; 0 where the kernel gave no number
 * @param advice what to do, one sentence without a full stop
 */
public record Trouble(String about, int errno, String advice) {}
