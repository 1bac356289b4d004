package io.mdevmigration.e2e.chaos;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.Source;
import io.mdevmigration.crds.SourceNode;
import io.mdevmigration.crds.Target;
import io.mdevmigration.e2e.chaos.Model.Machine;
import io.mdevmigration.e2e.chaos.ModelType.Mood;
import io.mdevmigration.e2e.chaos.Schedule.Begin;
import io.mdevmigration.e2e.chaos.Schedule.OperatorKind;
import io.mdevmigration.e2e.chaos.Schedule.Shape;
import io.mdevmigration.e2e.chaos.Stage.BootOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Draws a schedule; plays it on paper meanwhile, so that what is drawn next can happen. */
final class Director {
  /** How long the storm lasts, in milliseconds. */
  static final int STORM = 2_500;

  private static final List<String> NAMES =
      List.of("gpu-a", "gpu-b", "gpu-c", "gpu-d", "gpu-e", "gpu-f", "gpu-g", "gpu-h");
  private static final String POOL = "pool";
  private static final int ASKS = 3;
  private static final double PANICKING = 0.5;

  private final long seed;
  private final Draw draw;
  private final Vendor vendor;
  private final Model model = new Model();

  /** Nodes whose driver may be late. */
  private final Set<String> hanging = new HashSet<>();

  /** Those whose daemon may have ended meanwhile: the next one cannot see that a call returns. */
  private final Set<String> unseenReturns = new HashSet<>();

  private int now;
  private List<Step> steps = new ArrayList<>();

  Director(long seed) {
    this.seed = seed;
    this.draw = new Draw(seed);
    this.vendor = new Vendor(draw);
  }

  Schedule schedule() {
    // By a lot of its own, so that all else that a seed gives is the same with and without; its
    // seed is spread because the first draws of neighbouring seeds are alike.
    Draw lot = new Draw(seed * 0x9E3779B97F4A7C15L);
    Optional<MdevClass> panicking = lot.chance(PANICKING) ? vendor.panics(lot) : Optional.empty();
    Shape shape =
        new Shape(
            draw.chance(0.6) ? Begin.SETTLED : Begin.FRESH,
            draw.chance(0.1) ? OperatorKind.PROCESS : OperatorKind.INSIDE);
    List<Step> opening = opening();
    List<Step> storm = storm();
    List<Step> calm = calm();
    List<Step> coda = coda();
    return new Schedule(seed, shape, panicking, opening, storm, calm, coda);
  }

  // ---- the four parts

  private List<Step> opening() {
    List<Runnable> all = new ArrayList<>();
    IntStream.range(0, draw.between(2, 6)).forEach(n -> all.add(() -> join(NAMES.get(n))));
    IntStream.range(0, draw.between(1, ASKS)).forEach(n -> all.add(() -> ask(n)));
    draw.shuffled(all).forEach(Runnable::run);
    return taken();
  }

  private List<Step> storm() {
    List<Runnable> all = new ArrayList<>();
    int events = draw.between(5, 12);
    for (int i = 0; i < events; i++) {
      all.add(this::event);
    }
    int[] times = IntStream.range(0, events).map(i -> draw.between(0, STORM)).sorted().toArray();
    for (int i = 0; i < events; i++) {
      now = times[i];
      all.get(i).run();
    }
    Storm storm = new Storm(draw, List.copyOf(model.machines().keySet()), STORM);
    unseenReturns.addAll(storm.restarted());
    unseenReturns.retainAll(hanging);
    List<Step> merged = new ArrayList<>(taken());
    merged.addAll(storm.steps());
    merged.sort(Comparator.comparingInt(Step::at));
    return merged;
  }

  private List<Step> calm() {
    now = 0;
    for (Map.Entry<String, Machine> machine : List.copyOf(model.machines().entrySet())) {
      String node = machine.getKey();
      ModelDriver driver = machine.getValue().driver();
      if (driver.isLoaded()) {
        calm(node, driver);
      }
      step("the driver of " + node + " lets go", stage -> stage.release(node));
    }
    return taken();
  }

  private void calm(String node, ModelDriver driver) {
    ModelDriver calm = driver.calm();
    if (unseenReturns.contains(node)) {
      step(
          "an admin has " + node + " asked again: nobody may have seen its driver return",
          stage -> stage.changeAndAskAgain(node, calm));
    } else if (driver.isBroken() || driver.has(Mood.HANG)) {
      step("the driver of " + node + " is itself again", stage -> stage.change(node, calm));
    }
  }

  private List<Step> coda() {
    now = 0;
    IntStream.range(0, draw.between(1, 2)).forEach(i -> reload(node(), vendor.driver()));
    return taken();
  }

  // ---- events

  private void event() {
    List<Runnable> kinds = new ArrayList<>();
    add(kinds, 6, () -> reload(node(), vendor.driver()));
    add(kinds, 3, () -> moody(node()));
    add(kinds, 3, () -> publishOtherwise(node()));
    add(kinds, 2, () -> acceptOtherwise(node()));
    add(kinds, 2, () -> breakDown(node()));
    add(kinds, 2, () -> plugOrUnplug(node()));
    add(kinds, 1, () -> unload(node()));
    add(kinds, 3, () -> reboot(node()));
    add(kinds, 2, () -> recreate(node()));
    add(kinds, 1, this::joinOrLeave);
    add(kinds, 3, () -> ask(draw.between(0, ASKS - 1)));
    add(kinds, 1, this::dropAsk);
    add(kinds, 2, () -> foreignLabel(node()));
    add(kinds, 3, () -> ownLabel(node()));
    add(kinds, 2, () -> deleteState(node()));
    add(kinds, 1, () -> emptyChecks(node()));
    draw.of(kinds).run();
  }

  private static void add(List<Runnable> kinds, int weight, Runnable kind) {
    IntStream.range(0, weight).forEach(i -> kinds.add(kind));
  }

  private String node() {
    return draw.of(List.copyOf(model.machines().keySet()));
  }

  private ModelDriver driver(String node) {
    return model.machines().get(node).driver();
  }

  private void join(String node) {
    Map<String, String> labels = pool();
    ModelDriver driver = draw.chance(0.95) ? vendor.driver() : ModelDriver.NONE;
    step(
        "%s joins, %s, with %s".formatted(node, labels, driver), s -> s.join(node, labels, driver));
  }

  private Map<String, String> pool() {
    return Map.of(POOL, draw.of("one", "two"));
  }

  private void joinOrLeave() {
    Set<String> present = model.machines().keySet();
    if (present.size() > 2 && draw.chance(0.5)) {
      String node = node();
      step(node + " leaves", stage -> stage.leave(node));
    } else {
      NAMES.stream().filter(name -> !present.contains(name)).findFirst().ifPresent(this::join);
    }
  }

  private void reload(String node, ModelDriver driver) {
    step("%s reloads: %s".formatted(node, driver), stage -> stage.reload(node, driver));
    noteMoods(node, driver);
  }

  private void noteMoods(String node, ModelDriver driver) {
    if (driver.has(Mood.HANG) || driver.has(Mood.SLOW)) {
      hanging.add(node);
    }
  }

  /** A reload with a driver that is in a mood; one that hangs is released a little later. */
  private void moody(String node) {
    ModelDriver driver = vendor.moody(vendor.driver());
    reload(node, driver);
    if (driver.has(Mood.HANG)) {
      int before = now;
      now += draw.between(200, 1_500);
      step("the driver of " + node + " lets go", stage -> stage.release(node));
      now = before;
    }
  }

  private void unload(String node) {
    step(node + " unloads its driver", stage -> stage.unload(node));
  }

  private void publishOtherwise(String node) {
    String type = draw.of(Vendor.TYPES);
    String version = vendor.version(type);
    silently(node, "publishes " + version, driver(node).changed(type, t -> t.publishing(version)));
  }

  private void breakDown(String node) {
    String type = draw.of(Vendor.TYPES);
    silently(node, "cannot read " + type, driver(node).changed(type, ModelType::broken));
  }

  private void silently(String node, String what, ModelDriver driver) {
    if (driver.isLoaded()) {
      step(node + " " + what + ", silently: " + driver, stage -> stage.change(node, driver));
    }
  }

  private void acceptOtherwise(String node) {
    ModelDriver driver = vendor.acceptingOtherwise(driver(node));
    if (driver.isLoaded()) {
      step(
          node + " accepts otherwise, and is asked again: " + driver,
          stage -> stage.changeAndAskAgain(node, driver));
    }
  }

  private void plugOrUnplug(String node) {
    ModelDriver driver = driver(node);
    if (!driver.isLoaded()) {
      return;
    }
    String parent = draw.of(Vendor.parents());
    if (driver.parents().contains(parent)) {
      step(node + " loses parent " + parent, stage -> stage.unplug(node, parent));
    } else {
      step(node + " gets parent " + parent, stage -> stage.plug(node, parent));
    }
  }

  private void reboot(String node) {
    ModelDriver driver = draw.chance(0.5) ? driver(node) : vendor.driver();
    BootOrder order = draw.of(BootOrder.KUBELET_FIRST, BootOrder.DAEMON_FIRST);
    step(
        "%s boots, %s, with %s".formatted(node, order, driver),
        stage -> stage.reboot(node, driver, order));
    noteMoods(node, driver);
  }

  private void recreate(String node) {
    Map<String, String> labels = pool();
    step(
        "the Node of %s is deleted and created again, %s".formatted(node, labels),
        stage -> stage.recreate(node, labels));
  }

  private void ask(int n) {
    String name = "ask-" + n;
    String type = draw.of(Vendor.TYPES);
    Source source = source(type);
    Target target = draw.chance(0.65) ? null : new Target(selector(pool()));
    boolean labelNodes = draw.chance(0.9);
    MigrationCompatibilitySpec spec =
        new MigrationCompatibilitySpec(type, source, target, labelNodes, List.of());
    step("%s asks %s".formatted(name, spec), stage -> stage.ask(name, spec));
  }

  private Source source(String type) {
    int lot = draw.between(1, 100);
    if (lot <= 45) {
      return new Source(null, selector(Map.of()), null);
    }
    if (lot <= 60) {
      return new Source(null, selector(pool()), null);
    }
    if (lot <= 75) {
      return new Source(null, null, draw.of(Vendor.versions(type)));
    }
    String parent = draw.chance(0.5) ? null : draw.of(Vendor.parents());
    return new Source(new SourceNode(draw.of(NAMES.subList(0, 4)), parent), null, null);
  }

  private static LabelSelector selector(Map<String, String> labels) {
    return new LabelSelectorBuilder().withMatchLabels(labels).build();
  }

  private void dropAsk() {
    if (model.specs().size() > 1) {
      String name = draw.of(List.copyOf(model.specs().keySet()));
      step(name + " is deleted", stage -> stage.dropAsk(name));
    }
  }

  private void foreignLabel(String node) {
    if (draw.chance(0.5)) {
      String value = draw.of("one", "two");
      step(
          "%s is labelled %s=%s".formatted(node, POOL, value),
          stage -> stage.label(node, POOL, Optional.of(value)));
    } else {
      String value = "v" + draw.between(1, 9);
      step(
          "%s is labelled example.com/foreign=%s".formatted(node, value),
          stage -> stage.label(node, "example.com/foreign", Optional.of(value)));
    }
  }

  private void ownLabel(String node) {
    String type = draw.of(Vendor.TYPES);
    String key =
        draw.chance(0.8)
            ? new MdevClass(type, draw.of(Vendor.versions(type))).labelKey()
            : MdevClass.LABEL_PREFIX + "nobody-knows.0123456789abcdef0123";
    Optional<String> value = draw.of(Optional.empty(), Optional.of("true"), Optional.of("false"));
    step(
        "%s: someone puts %s on label %s".formatted(node, value, key),
        stage -> stage.label(node, key, value));
  }

  private void deleteState(String node) {
    step("someone deletes the MdevNodeState of " + node, stage -> stage.deleteState(node));
  }

  private void emptyChecks(String node) {
    step("someone empties the checks of " + node, stage -> stage.emptyChecks(node));
  }

  private void step(String what, Consumer<Stage> action) {
    steps.add(new Step(now, what, action));
    action.accept(model);
  }

  private List<Step> taken() {
    List<Step> all = steps;
    steps = new ArrayList<>();
    return all;
  }
}
