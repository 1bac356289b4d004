package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * What a drain of one node would meet. Named as the node and owned by it; the operator alone writes
 * it. There is one for a node on which VMIs with mdev devices run, and for one that VMIs elsewhere
 * depend on; for any other node there is nothing to say.
 */
@JsonClassDescription(
    "What a drain of one node would meet: which VMIs with mdev devices on it no other node is known"
        + " to accept, and for which types of VMIs elsewhere it is the only other node that"
        + " accepts. Named as the node; a node without one has neither.")
@Group(Api.GROUP)
@Version(Api.VERSION)
@Plural("nodeevacuations")
@ShortNames("mevac")
@AdditionalPrinterColumn(
    name = "VMs",
    jsonPath = ".status.virtualMachines",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Stuck",
    jsonPath = ".status.stuck",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Unclear",
    jsonPath = ".status.unclear",
    type = AdditionalPrinterColumn.Type.INTEGER,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Last-Refuge",
    jsonPath = ".status.lastRefuges",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Evacuable",
    jsonPath = ".status.conditions[?(@.type==\"Evacuable\")].status",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Evacuable\")].reason",
    type = AdditionalPrinterColumn.Type.STRING,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public class NodeEvacuation extends CustomResource<Void, NodeEvacuationStatus> {
  private static final long serialVersionUID = 1;

  /** The one condition. */
  public static final String EVACUABLE = "Evacuable";
}
