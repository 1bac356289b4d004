package io.mdevmigration.e2e.chaos;

import io.mdevmigration.e2e.proxy.Fault;
import io.mdevmigration.e2e.proxy.Faults;
import io.mdevmigration.e2e.proxy.Link;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Draws what happens to network and processes. */
final class Storm {
  /** The part of the operator; every other is called as its node. */
  static final String OPERATOR = "operator";

  private final Draw draw;
  private final List<String> nodes;
  private final List<Step> steps = new ArrayList<>();
  private final Set<String> restarted = new HashSet<>();

  /**
   * A storm.
   *
   * @param draw draws it
   * @param nodes whose daemons it may hit
   * @param length how long it lasts, in milliseconds
   */
  Storm(Draw draw, List<String> nodes, int length) {
    this.draw = draw;
    this.nodes = List.copyOf(nodes);
    for (int faults = draw.between(2, 7); faults > 0; faults--) {
      fault(draw.between(0, length - 500), draw.between(300, 1_500));
    }
    for (int kills = draw.between(0, 3); kills > 0; kills--) {
      end(draw.between(0, length - 200), draw.between(50, 700));
    }
    if (draw.chance(0.06)) {
      add(draw.between(0, length), "SIGKILL to kube-apiserver", Stage::killApiServer);
    } else if (draw.chance(0.06)) {
      add(draw.between(0, length), "SIGKILL to etcd", Stage::killEtcd);
    }
  }

  /** What happens, in no order. */
  List<Step> steps() {
    return List.copyOf(steps);
  }

  /** The parts of which an instance ended and another began. */
  Set<String> restarted() {
    return Set.copyOf(restarted);
  }

  private String part() {
    return draw.chance(0.5) ? OPERATOR : draw.of(nodes);
  }

  private void fault(int at, int length) {
    String part = part();
    switch (draw.between(1, 13)) {
      case 1 -> hurt(at, length, part, Faults.NONE.withLatency(draw.millis(20, 400)));
      case 2 -> hurt(at, length, part, with(Fault.CUT_BEFORE));
      case 3, 4 -> hurt(at, length, part, with(Fault.CUT_AFTER));
      case 5 -> hurt(at, length, part, with(Fault.CONFLICT));
      case 6 -> hurt(at, length, part, with(Fault.TOO_MANY));
      case 7 -> hurt(at, length, part, with(Fault.SERVER_ERROR));
      case 8 -> hurtReconnecting(at, length, part, with(Fault.GONE));
      case 9 -> hurtReconnecting(at, length, part, with(Fault.ENDLESS_LIST));
      case 10 -> {
        Duration late = draw.millis(200, 1_500);
        hurt(at, length, part, Faults.NONE.withLateEvents(late));
      }
      case 11 -> add(at, part + ": connections half-open", stage -> stage.hang(part));
      case 12 -> link(at, length, part, Link.BROKEN);
      default -> link(at, length, part, Link.SILENT);
    }
  }

  private Faults with(Fault fault) {
    return Faults.NONE.with(fault, draw.of(0.2, 0.5, 0.9));
  }

  private void hurt(int at, int length, String part, Faults faults) {
    add(at, part + ": " + faults, stage -> stage.faults(part, faults));
    add(at + length, part + ": no faults", stage -> stage.faults(part, Faults.NONE));
  }

  /** What hurts lists and watches alone has to wait for some otherwise. */
  private void hurtReconnecting(int at, int length, String part, Faults faults) {
    hurt(at, length, part, faults);
    add(at + 1, part + ": connections cut", stage -> stage.cut(part));
  }

  private void link(int at, int length, String part, Link link) {
    add(at, part + ": link " + link, stage -> stage.link(part, link));
    add(at + length, part + ": link UP", stage -> stage.link(part, Link.UP));
  }

  private void end(int at, int pause) {
    String part = part();
    restarted.add(part);
    if (draw.chance(0.7)) {
      add(at, part + ": SIGKILL", stage -> stage.kill(part));
      add(at + pause, part + ": started", stage -> stage.start(part));
    } else {
      add(at, part + ": restarted", stage -> stage.restart(part));
    }
  }

  private void add(int at, String what, Consumer<Stage> action) {
    steps.add(new Step(at, what, action));
  }
}
