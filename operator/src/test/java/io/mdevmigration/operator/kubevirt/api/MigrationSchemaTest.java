package io.mdevmigration.operator.kubevirt.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

class MigrationSchemaTest {
  private static CustomResourceDefinition definition(
      boolean established, String v1, boolean served, String v1alpha3) {
    return Serialization.unmarshal(
        """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: virtualmachineinstancemigrations.kubevirt.io}
        spec:
          versions:
          - {name: v1, served: true, schema: {openAPIV3Schema: {properties:
              {spec: {properties: {%s: {type: object}}}}}}}
          - {name: v1alpha3, served: %s, schema: {openAPIV3Schema: {properties:
              {spec: {properties: {%s: {type: object}}}}}}}
        status: {conditions: [{type: Established, status: "%s"}]}
        """
            .formatted(v1, served, v1alpha3, established ? "True" : "False"),
        CustomResourceDefinition.class);
  }

  @Test
  void everyServedVersionHasToHaveTheField() {
    String field = "addedNodeSelector";
    assertThat(MigrationSchema.hasSelector(definition(true, field, true, field))).isTrue();
    assertThat(MigrationSchema.hasSelector(definition(true, field, true, "vmiName"))).isFalse();
    assertThat(MigrationSchema.hasSelector(definition(true, field, false, "vmiName"))).isTrue();
    assertThat(MigrationSchema.hasSelector(definition(true, "vmiName", true, field))).isFalse();
  }

  @Test
  void aDefinitionThatIsNotEstablishedIsNotThereYet() {
    assertThat(MigrationSchema.isEstablished(definition(true, "a", true, "a"))).isTrue();
    assertThat(MigrationSchema.isEstablished(definition(false, "a", true, "a"))).isFalse();
    CustomResourceDefinition fresh = definition(true, "a", true, "a");
    fresh.setStatus(null);
    assertThat(MigrationSchema.isEstablished(fresh)).isFalse();
  }
}
