package io.mdevmigration.operator;

import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.mdevmigration.crds.MigrationCompatibility;
import java.util.ArrayList;
import java.util.LinkedHashMap;

/**
 * Keeps the framework's objects without what nobody decides by and others may have filled: the
 * annotations, kubectl's copy of the object among them, and who manages which field.
 */
final class TrimmedStore extends BasicItemStore<MigrationCompatibility> {
  TrimmedStore() {
    super(Cache::metaNamespaceKeyFunc);
  }

  @Override
  public MigrationCompatibility put(String key, MigrationCompatibility object) {
    object.getMetadata().setAnnotations(new LinkedHashMap<>());
    object.getMetadata().setManagedFields(new ArrayList<>());
    return super.put(key, object);
  }
}
