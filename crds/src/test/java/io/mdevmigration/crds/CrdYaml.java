package io.mdevmigration.crds;

import static java.util.stream.Collectors.toList;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Generates the YAML of the custom resource definitions from the records. */
final class CrdYaml {
  private static final String HEADER =
      """
      # Generated from the Java records in crds/src/main/java; do not edit.
      # To generate anew: mvn -pl crds test -Dtest=CrdYamlTest -Dcrds.write=true
      """;

  private static final List<Class<? extends HasMetadata>> RESOURCES =
      List.of(MdevNodeState.class, MigrationCompatibility.class, NodeEvacuation.class);

  private CrdYaml() {}

  /** File name to content, one file per resource. */
  static Map<String, String> generate() {
    try {
      Path dir = Files.createTempDirectory("crds");
      new CRDGenerator()
          .withMinQuotes(true)
          .withPostProcessor(
              new CRDPostProcessor() {
                @Override
                public HasMetadata process(HasMetadata crd, String crdSpecVersion) {
                  return finish((CustomResourceDefinition) crd);
                }
              })
          .customResourceClasses(RESOURCES)
          .inOutputDir(dir.toFile())
          .generate();
      Map<String, String> files = new TreeMap<>();
      try (var generated = Files.list(dir)) {
        for (Path file : generated.sorted().toList()) {
          String name = file.getFileName().toString().replaceFirst("-v1[.]yml$", ".yaml");
          String yaml = Files.readString(file, StandardCharsets.UTF_8);
          // As the API server writes it: kubectl apply would call it a change each time.
          yaml =
              yaml.replaceAll("((?:minimum|maximum): [0-9]+)\\.0\n", "$1\n")
                  .replace("      priority: 0\n", "");
          files.put(name, HEADER + yaml.replaceFirst("(?s)\\A(#[^\\n]*\\n)+", ""));
          Files.delete(file);
        }
      }
      Files.delete(dir);
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What holds for every list and every string, said once here instead of on each field. */
  private static CustomResourceDefinition finish(CustomResourceDefinition crd) {
    var version = crd.getSpec().getVersions().get(0);
    Class<?> resource =
        RESOURCES.stream()
            .filter(r -> r.getSimpleName().equals(crd.getSpec().getNames().getKind()))
            .findFirst()
            .orElseThrow();
    List<String> columns =
        Stream.of(resource.getAnnotationsByType(AdditionalPrinterColumn.class))
            .map(AdditionalPrinterColumn::name)
            .toList();
    version
        .getAdditionalPrinterColumns()
        .sort(Comparator.comparing(column -> columns.indexOf(column.getName())));
    var schema = version.getSchema().getOpenAPIV3Schema();
    schema.setDescription(resource.getAnnotation(JsonClassDescription.class).value());
    if (resource == NodeEvacuation.class) {
      // It only tells; nobody wishes anything in it.
      schema.getProperties().remove("spec");
    } else {
      schema.getProperties().get("spec").setDescription("What is wanted.");
    }
    if (resource == MigrationCompatibility.class) {
      schema.setRequired(List.of("spec"));
    }
    schema.getProperties().get("status").setDescription("What was observed.");
    List<String> unbounded = new ArrayList<>();
    bound("", schema, unbounded);
    if (!unbounded.isEmpty()) {
      throw new IllegalStateException(
          "every list, string and number needs an upper bound (@Size, @Max), missing on: "
              + unbounded);
    }
    return crd;
  }

  private static void bound(String path, JSONSchemaProps schema, List<String> unbounded) {
    if (schema.getXKubernetesValidations() != null) {
      // A record component's annotation is found on its field and on its accessor.
      schema.setXKubernetesValidations(
          schema.getXKubernetesValidations().stream().distinct().collect(toList()));
    }
    if (schema.getProperties() != null) {
      schema.getProperties().forEach((name, p) -> bound(path + "." + name, p, unbounded));
    }
    if (schema.getAdditionalProperties() != null) {
      JSONSchemaProps values = schema.getAdditionalProperties().getSchema();
      if (path.endsWith(".matchLabels")) {
        schema.setMaxProperties(32L);
        values.setMaxLength(63L);
      }
      bound(path + "[*]", values, unbounded);
    }
    if ("array".equals(schema.getType())) {
      boundList(path, schema, unbounded);
    }
    if ("integer".equals(schema.getType())
        && schema.getMaximum() == null
        && !"int64".equals(schema.getFormat())
        && !path.endsWith(".observedGeneration")) {
      unbounded.add(path);
    }
    if ("string".equals(schema.getType())
        && schema.getMaxLength() == null
        && schema.getEnum().isEmpty()) {
      boundForeignString(path, schema, unbounded);
    }
  }

  private static void boundList(String path, JSONSchemaProps list, List<String> unbounded) {
    if (path.endsWith(".conditions")) {
      list.setXKubernetesListType("map");
      list.setXKubernetesListMapKeys(List.of("type"));
      list.getItems()
          .getSchema()
          .setRequired(List.of("lastTransitionTime", "message", "reason", "status", "type"));
    } else {
      list.setXKubernetesListType(path.endsWith(".retrySuspected") ? "set" : "atomic");
    }
    if (list.getMaxItems() == null) {
      if (path.endsWith(".matchExpressions") || path.endsWith(".matchExpressions[].values")) {
        list.setMaxItems(32L);
      } else {
        unbounded.add(path);
      }
    }
    if (path.endsWith(".matchExpressions")) {
      list.getItems().getSchema().setRequired(List.of("key", "operator"));
    }
    bound(path + "[]", list.getItems().getSchema(), unbounded);
  }

  /** Bounds for the strings of Kubernetes' own types, which carry none in the model. */
  private static void boundForeignString(
      String path, JSONSchemaProps string, List<String> unbounded) {
    if (path.contains(".conditions[]")) {
      // The bounds of metav1.Condition.
      switch (path.substring(path.lastIndexOf('.') + 1)) {
        case "type" -> string.setMaxLength(316L);
        case "reason" -> string.setMaxLength(1024L);
        case "message" -> string.setMaxLength(32768L);
        default -> string.setMaxLength(64L);
      }
    } else if (path.contains(".matchExpressions[].operator")) {
      string.setEnum(
          Stream.of("In", "NotIn", "Exists", "DoesNotExist")
              .map(operator -> (JsonNode) TextNode.valueOf(operator))
              .toList());
    } else if (path.contains(".matchExpressions[]")) {
      string.setMaxLength(path.endsWith(".key") ? 317L : 63L);
    } else if (path.startsWith(".spec") || path.startsWith(".status")) {
      unbounded.add(path);
    }
  }
}
