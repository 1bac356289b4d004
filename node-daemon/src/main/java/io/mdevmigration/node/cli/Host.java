package io.mdevmigration.node.cli;

import io.mdevmigration.node.check.Asker;
import io.mdevmigration.node.inventory.NodeInventory;
import io.mdevmigration.node.inventory.Publication;
import io.mdevmigration.node.posix.Deadline;
import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.posix.Posix;
import io.mdevmigration.node.publish.DaemonOptions;
import io.mdevmigration.node.publish.DaemonThreads;
import io.mdevmigration.node.selfcheck.Finding;
import io.mdevmigration.node.selfcheck.SelfCheck;
import io.mdevmigration.node.selfcheck.Surroundings;
import io.mdevmigration.node.sysfs.AttributeWriter;
import io.mdevmigration.node.sysfs.Familiar;
import io.mdevmigration.node.sysfs.MdevTree;
import io.mdevmigration.node.sysfs.Scan;
import io.mdevmigration.node.sysfs.ScanScope;
import io.mdevmigration.node.sysfs.Trouble;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * This host's mdev tree, read once.
 *
 * @param scan what is there
 * @param inventory what of it would be published
 * @param asker asks its drivers
 * @param isComplete whether what is missing does not exist; a copy of a tree can be complete here
 * @param findings what keeps this process from asking
 * @param notes what a reader has to know before he believes the rest, one sentence each
 */
record Host(
    Scan scan,
    NodeInventory inventory,
    Asker asker,
    boolean isComplete,
    List<Finding> findings,
    List<String> notes) {

  static Host read(Posix posix, DaemonOptions options, boolean isNamed) {
    Deadline deadline = new Deadline(DaemonThreads.create(1).calls(), options.deadline(), () -> {});
    Scan scan =
        new MdevTree(posix, deadline, options.sysfs(), options.attributes())
            .scan(ScanScope.EVERYTHING, Familiar.NONE);
    List<String> notes = new ArrayList<>();
    if (!scan.sysfs()) {
      notes.add(
          options.sysfs() + " is not a sysfs: what follows says nothing about this host's kernel");
    }
    scan.troubles().forEach(trouble -> notes.add("incomplete: " + text(trouble)));
    return new Host(
        scan,
        Publication.of(scan, Optional.empty()),
        new Asker(new AttributeWriter(posix, options.sysfs()), deadline, options.withoutNewline()),
        scan.troubles().isEmpty() && (scan.sysfs() || isNamed),
        SelfCheck.findings(
            new Surroundings(posix, options.sysfs()).evidence(scan.writableAttribute())),
        notes);
  }

  private static String text(Trouble trouble) {
    return trouble.errno() == 0
        ? trouble.about() + ": " + trouble.advice()
        : trouble.about()
            + ": "
            + Errno.name(trouble.errno())
            + " ("
            + trouble.errno()
            + "): "
            + trouble.advice();
  }
}
