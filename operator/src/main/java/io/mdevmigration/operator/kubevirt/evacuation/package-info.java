/** What would become of the VMIs of a node that is drained. */
package io.mdevmigration.operator.kubevirt.evacuation;
