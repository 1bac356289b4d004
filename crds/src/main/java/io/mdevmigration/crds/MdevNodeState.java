package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * What one node's kernel offers, what it is asked and what it answers. One per node, named as the
 * node and owned by it. The node's daemon creates it and alone writes its status; the operator
 * alone writes its spec.
 */
@JsonClassDescription(
    "What one node's kernel offers (status.inventory), what its drivers are asked (spec.checks) and"
        + " what they answer (status.answers). One per node, named as the node.")
@Group(Api.GROUP)
@Version(Api.VERSION)
@Plural("mdevnodestates")
@ShortNames("mns")
@AdditionalPrinterColumn(
    name = "Parents",
    jsonPath = ".status.summary.parents",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Types",
    jsonPath = ".status.summary.types",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Versions",
    jsonPath = ".status.summary.versions",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Asked",
    jsonPath = ".status.summary.asked",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Accepted",
    jsonPath = ".status.summary.accepted",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Complete",
    jsonPath = ".status.inventory.complete",
    type = AdditionalPrinterColumn.Type.BOOLEAN)
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
    type = AdditionalPrinterColumn.Type.STRING,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Kernel",
    jsonPath = ".status.inventory.kernelRelease",
    type = AdditionalPrinterColumn.Type.STRING,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Observed",
    jsonPath = ".status.observedTime",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public class MdevNodeState extends CustomResource<MdevNodeStateSpec, MdevNodeStateStatus> {
  private static final long serialVersionUID = 1;
}
