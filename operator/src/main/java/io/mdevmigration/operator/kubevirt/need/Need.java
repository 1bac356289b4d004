package io.mdevmigration.operator.kubevirt.need;

import io.mdevmigration.crds.MdevClass;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What a VMI needs of a node it migrates to. */
public sealed interface Need {

  /**
   * A node whose driver accepts what the VMI's node publishes of its type.
   *
   * @param source the node on which the VMI runs
   * @param resource under which the kubelet counts the device
   * @param type the full mdev type of the device
   * @param classes each class that the node publishes of the type, at least one, sorted by digest:
   *     which of them the device has is not in the API, so a target has to accept them all
   * @param doubt why the device may be of yet another class; empty if it cannot
   */
  record Classes(
      String source, String resource, String type, List<MdevClass> classes, Optional<String> doubt)
      implements Need {
    public Classes {
      classes = List.copyOf(classes);
    }

    /** The keys of the labels that a target carries, sorted. */
    public Set<String> labelKeys() {
      Set<String> keys = new TreeSet<>();
      classes.forEach(mdevClass -> keys.add(mdevClass.labelKey()));
      return keys;
    }
  }

  /** Nothing that this project knows of: the VMI has no mdev device. */
  record Nothing() implements Need {}

  /**
   * It has or may have an mdev device, but which class that is cannot be told.
   *
   * @param why in one word
   * @param message what is missing, and what to do about it
   */
  record Unclear(Why why, String message) implements Need {}

  /** Why it cannot be told what a VMI needs. */
  enum Why {
    /** KubeVirt does not migrate VMIs with several GPUs. */
    SEVERAL_GPUS("SeveralGpus"),
    /** KubeVirt does not migrate VMIs with other host devices. */
    HOST_DEVICES("HostDevices"),
    /** The device comes from a ResourceClaim, which names no type. */
    CLAIMED("Claimed"),
    /** The VMI is not known (yet). */
    NO_VMI("NoVmi"),
    /** Only the status of a running VMI is to be believed. */
    NOT_RUNNING("NotRunning"),
    /** KubeVirt says that it cannot migrate. */
    NOT_MIGRATABLE("NotMigratable"),
    /** KubeVirt says that it cannot migrate, and the feature gate is not named. */
    GATE_OFF("GateOff"),
    /** Nothing says where it runs. */
    NO_NODE("NoNode"),
    /** There is no KubeVirt object, or more than one. */
    NO_KUBEVIRT("NoKubeVirt"),
    /** The KubeVirt object does not name its resource. */
    NOT_PERMITTED("NotPermitted"),
    /** Its node has no MdevNodeState, or one of a former boot. */
    NODE_NOT_PUBLISHED("NodeNotPublished"),
    /** Its node shows no type of that name. */
    TYPE_UNKNOWN("TypeUnknown"),
    /** Its node has several types under that resource. */
    TYPE_AMBIGUOUS("TypeAmbiguous"),
    /** Its node's driver publishes no version. */
    NO_VERSION("NoVersion");

    private final String text;

    Why(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
