package io.mdevmigration.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.mdevmigration.crds.MigrationCompatibility;
import org.junit.jupiter.api.Test;

class TrimmedStoreTest {
  @Test
  void anObjectIsKeptWithoutAnnotationsAndManagedFields() {
    MigrationCompatibility object = new MigrationCompatibility();
    object.setMetadata(
        new ObjectMetaBuilder()
            .withName("one")
            .withUid("uid")
            .withGeneration(3L)
            .withResourceVersion("7")
            .addToLabels("app", "gpu")
            .addToAnnotations("token", "secret")
            .withManagedFields(new ManagedFieldsEntryBuilder().withManager("kubectl").build())
            .build());
    TrimmedStore store = new TrimmedStore();
    store.put(store.getKey(object), object);
    var kept = store.get("one").getMetadata();
    assertThat(kept.getAnnotations()).isEmpty();
    assertThat(kept.getManagedFields()).isEmpty();
    assertThat(kept.getUid()).isEqualTo("uid");
    assertThat(kept.getGeneration()).isEqualTo(3);
    assertThat(kept.getResourceVersion()).isEqualTo("7");
    assertThat(kept.getLabels()).containsEntry("app", "gpu");
  }
}
