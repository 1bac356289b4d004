package io.mdevmigration.operator.kubevirt.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.Map;

/**
 * What is read of a migration's spec. Null is what the object does not have.
 *
 * @param vmiName which VMI, in the migration's namespace
 * @param addedNodeSelector what the target pod's node has to carry besides; KubeVirt 1.6 and later
 * @param sendTo set if the VMI goes to another cluster
 * @param receive set if it comes from another cluster
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record MigrationSpec(
    String vmiName,
    Map<String, String> addedNodeSelector,
    Map<String, Object> sendTo,
    Map<String, Object> receive) {}
