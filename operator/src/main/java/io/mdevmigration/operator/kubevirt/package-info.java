/** Has KubeVirt's live migrations go where the driver accepts them. */
package io.mdevmigration.operator.kubevirt;
