/** The few fields of KubeVirt's objects that are read; everything else is dropped on arrival. */
package io.mdevmigration.operator.kubevirt.api;
