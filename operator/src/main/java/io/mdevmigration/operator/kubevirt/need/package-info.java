/** What a VMI with an mdev device needs of a node it migrates to. */
package io.mdevmigration.operator.kubevirt.need;
