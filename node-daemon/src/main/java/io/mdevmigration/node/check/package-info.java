/**
 * Which questions are due, how a question is asked, and what an outcome means. Deciding is pure;
 * only {@link io.mdevmigration.node.check.Asker} touches the kernel.
 */
package io.mdevmigration.node.check;
