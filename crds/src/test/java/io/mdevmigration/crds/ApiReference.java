package io.mdevmigration.crds;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Writes the reference of the resources from their definitions, for docs/api.md. */
final class ApiReference {
  private static final String HEADER =
      """
      # API reference
      <!-- Generated from crds/*.yaml; do not edit.
           To generate anew: mvn -pl crds test -Dtest=CrdYamlTest -Dcrds.write=true -->

      Group `%s`, version `%s`. All resources are cluster-scoped and have the subresource `status`, which daemon and operator write and nobody else. `[]` is an item of a list. A condition has the fields of every Kubernetes condition; [what each reason means](troubleshooting.md#every-reason).
      """
          .formatted(Api.GROUP, Api.VERSION);

  private static final Set<String> LABEL_SELECTOR = Set.of("matchExpressions", "matchLabels");

  private ApiReference() {}

  /** The document for these definitions (YAML). */
  static String of(Collection<String> definitions) {
    return definitions.stream()
        .map(yaml -> Serialization.unmarshal(yaml, CustomResourceDefinition.class))
        .map(ApiReference::resource)
        .collect(Collectors.joining("\n", HEADER + "\n", ""));
  }

  private static String resource(CustomResourceDefinition crd) {
    var names = crd.getSpec().getNames();
    CustomResourceDefinitionVersion version = crd.getSpec().getVersions().get(0);
    JSONSchemaProps schema = version.getSchema().getOpenAPIV3Schema();
    List<String> rows = new ArrayList<>();
    rows("", schema, rows);
    return """
    ## %s
    %s

    `kubectl get %s`%s shows %s; with `-o wide` also %s.

    | field | | |
    |---|---|---|
    %s
    """
        .formatted(
            names.getKind(),
            schema.getDescription(),
            names.getPlural(),
            names.getShortNames().isEmpty()
                ? ""
                : " (`%s`)".formatted(String.join("`, `", names.getShortNames())),
            columns(version, column -> !isWide(column)),
            columns(version, ApiReference::isWide),
            String.join("\n", rows));
  }

  private static boolean isWide(CustomResourceColumnDefinition column) {
    return column.getPriority() != null && column.getPriority() > 0;
  }

  private static String columns(
      CustomResourceDefinitionVersion version, Predicate<CustomResourceColumnDefinition> shown) {
    return version.getAdditionalPrinterColumns().stream()
        .filter(shown)
        .map(column -> "%s (`%s`)".formatted(column.getName(), column.getJsonPath()))
        .collect(Collectors.joining(", "));
  }

  private static void rows(String path, JSONSchemaProps schema, List<String> rows) {
    if (isLeaf(schema)) {
      return;
    }
    schema
        .getProperties()
        .forEach(
            (name, field) -> {
              String inner = path.isEmpty() ? name : path + "." + name;
              rows.add(
                  "| `%s` | %s | %s |"
                      .formatted(inner, type(field), text(field, schema.getRequired(), name)));
              boolean isList = field.getItems() != null;
              rows(
                  isList ? inner + "[]" : inner,
                  isList ? field.getItems().getSchema() : field,
                  rows);
            });
  }

  /** Whether nothing of this project is inside. */
  private static boolean isLeaf(JSONSchemaProps schema) {
    return schema.getProperties() == null
        || schema.getProperties().isEmpty()
        || isCondition(schema)
        || schema.getProperties().keySet().equals(LABEL_SELECTOR);
  }

  private static boolean isCondition(JSONSchemaProps schema) {
    return schema.getProperties().containsKey("lastTransitionTime");
  }

  private static String type(JSONSchemaProps field) {
    if (field.getItems() != null) {
      String most = field.getMaxItems() == null ? "" : ", at most " + field.getMaxItems();
      return "list of " + type(field.getItems().getSchema()) + most;
    }
    if (field.getAdditionalProperties() != null) {
      return "map of " + type(field.getAdditionalProperties().getSchema());
    }
    if (field.getProperties() != null && !field.getProperties().isEmpty()) {
      return isCondition(field)
          ? "conditions"
          : field.getProperties().keySet().equals(LABEL_SELECTOR) ? "label selector" : "object";
    }
    if (field.getEnum() != null && !field.getEnum().isEmpty()) {
      return field.getEnum().stream()
          .map(value -> "`" + value.asText() + "`")
          .collect(Collectors.joining(" or "));
    }
    return switch (field.getType()) {
      case "string" -> "string" + range(field.getMinLength(), field.getMaxLength());
      case "integer" -> "integer" + range(whole(field.getMinimum()), whole(field.getMaximum()));
      default -> field.getType();
    };
  }

  private static Long whole(Double number) {
    return number == null ? null : number.longValue();
  }

  private static String range(Long least, Long most) {
    if (most == null) {
      return least == null ? "" : " from " + least;
    }
    if (most.equals(least)) {
      return " of " + most;
    }
    return least == null ? " up to " + most : " " + least + " to " + most;
  }

  private static String text(JSONSchemaProps field, List<String> required, String name) {
    List<String> sentences = new ArrayList<>();
    if (required != null && required.contains(name)) {
      sentences.add("Required.");
    }
    if (field.getDescription() != null) {
      sentences.add(field.getDescription());
    }
    if (field.getDefault() != null) {
      sentences.add("Default: `" + field.getDefault().asText() + "`.");
    }
    if (field.getXKubernetesValidations() != null) {
      field
          .getXKubernetesValidations()
          .forEach(rule -> sentences.add("Refused otherwise: " + rule.getMessage() + "."));
    }
    return String.join(" ", sentences)
        .replaceAll("\\s+", " ")
        .replace("|", "\\|")
        .replace("<", "&lt;");
  }
}
