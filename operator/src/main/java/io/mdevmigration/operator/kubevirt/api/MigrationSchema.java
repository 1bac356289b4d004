package io.mdevmigration.operator.kubevirt.api;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the cluster's definition of migrations tells. */
public final class MigrationSchema {
  /** The definition's name. */
  public static final String NAME = "virtualmachineinstancemigrations.kubevirt.io";

  private MigrationSchema() {}

  /** Whether migrations can be listed and created. */
  public static boolean isEstablished(CustomResourceDefinition definition) {
    return Optional.ofNullable(definition.getStatus())
        .map(status -> status.getConditions())
        .orElse(List.of())
        .stream()
        .anyMatch(c -> c.getType().equals("Established") && c.getStatus().equals("True"));
  }

  /** Whether every served version has {@code spec.addedNodeSelector}: KubeVirt 1.6 and later. */
  public static boolean hasSelector(CustomResourceDefinition definition) {
    List<CustomResourceDefinitionVersion> served =
        definition.getSpec().getVersions().stream()
            .filter(version -> Boolean.TRUE.equals(version.getServed()))
            .toList();
    return !served.isEmpty() && served.stream().allMatch(MigrationSchema::hasSelector);
  }

  private static boolean hasSelector(CustomResourceDefinitionVersion version) {
    return Optional.ofNullable(version.getSchema())
        .map(schema -> schema.getOpenAPIV3Schema())
        .map(JSONSchemaProps::getProperties)
        .map(properties -> properties.get("spec"))
        .map(JSONSchemaProps::getProperties)
        .map(Map::keySet)
        .filter(fields -> fields.contains("addedNodeSelector"))
        .isPresent();
  }
}
