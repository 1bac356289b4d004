package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * What an admin wants to know: which nodes can receive devices of a type from given sources. Its
 * status counts the answers; the nodes that accept get a label per class.
 */
@JsonClassDescription(
    "Which nodes can receive devices of an mdev type from given sources. The status counts the"
        + " drivers' answers; the nodes that accept get a label per class.")
@Group(Api.GROUP)
@Version(Api.VERSION)
@Plural("migrationcompatibilities")
@ShortNames("mcompat")
@AdditionalPrinterColumn(
    name = "Type",
    jsonPath = ".spec.mdevType",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Sources",
    jsonPath = ".status.sourceCount",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Compatible",
    jsonPath = ".status.compatible",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Incompatible",
    jsonPath = ".status.incompatible",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Unsupported",
    jsonPath = ".status.unsupported",
    type = AdditionalPrinterColumn.Type.INTEGER,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Unknown",
    jsonPath = ".status.unknown",
    type = AdditionalPrinterColumn.Type.INTEGER)
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
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public class MigrationCompatibility
    extends CustomResource<MigrationCompatibilitySpec, MigrationCompatibilityStatus> {
  private static final long serialVersionUID = 1;
}
