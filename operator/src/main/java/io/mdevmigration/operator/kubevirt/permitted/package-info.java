/** The types that KubeVirt permits are asked about without anybody writing an object. */
package io.mdevmigration.operator.kubevirt.permitted;
