package io.mdevmigration.e2e.trust;

import static io.mdevmigration.e2e.trust.Paths.COMPATIBILITIES;
import static io.mdevmigration.e2e.trust.Paths.EVACUATIONS;
import static io.mdevmigration.e2e.trust.Paths.LEASES;
import static io.mdevmigration.e2e.trust.Paths.MUTATING;
import static io.mdevmigration.e2e.trust.Paths.NODES;
import static io.mdevmigration.e2e.trust.Paths.STATES;
import static io.mdevmigration.e2e.trust.Request.granted;
import static io.mdevmigration.e2e.trust.Verb.APPLY;
import static io.mdevmigration.e2e.trust.Verb.DELETE;
import static io.mdevmigration.e2e.trust.Verb.GET;
import static io.mdevmigration.e2e.trust.Verb.JSON;
import static io.mdevmigration.e2e.trust.Verb.MERGE;
import static io.mdevmigration.e2e.trust.Verb.POST;
import static io.mdevmigration.e2e.trust.Who.ADMIN;
import static io.mdevmigration.e2e.trust.Who.AUTHOR;
import static io.mdevmigration.e2e.trust.Who.LITERAL_AUTHOR;
import static io.mdevmigration.e2e.trust.Who.NEW_DAEMON;
import static io.mdevmigration.e2e.trust.Who.OPERATOR;
import static io.mdevmigration.e2e.trust.Who.VIEWER;

import io.mdevmigration.e2e.TestCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Base64;
import java.util.stream.Stream;

/** What daemons, the operator and people do, and are allowed to. */
final class Allowed {
  private static final String LABEL = "accepts.mdevmigration.io/sample-A.0123456789abcdef0123";
  private static final String STATUS = "{'status':{'observedTime':'2026-11-25T0%d:00:00Z'}}";

  /** In this order: what one does the next may need. */
  static Stream<Request> all() {
    String own = STATES + "/trust-new";
    String node = NODES + "/trust-a";
    String labels = "{'metadata':{'labels':{'%s':%s}}}";
    String event =
        "{'apiVersion':'v1','kind':'Event','metadata':{'name':'trust-event','namespace':'default'},"
            + "'involvedObject':{'kind':'Node','name':'trust-a'},'count':1}";
    String lease =
        "{'apiVersion':'coordination.k8s.io/v1','kind':'Lease','metadata':{'name':'%s'}}";
    String bundle = certificate();
    String events = "/api/v1/namespaces/default/events";
    return Stream.of(
        granted(NEW_DAEMON, GET, NODES + "/trust-new", "", 200),
        granted(NEW_DAEMON, POST, STATES, RefusedToDaemons.state("trust-new"), 201),
        granted(NEW_DAEMON, GET, own, "", 200),
        granted(
            NEW_DAEMON,
            GET,
            STATES + "?watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Dtrust-new",
            "",
            200),
        granted(NEW_DAEMON, MERGE, own + "/status", STATUS.formatted(1), 200),
        granted(
            NEW_DAEMON,
            JSON,
            own + "/status",
            "[{'op':'add','path':'/status','value':{'observedTime':'2026-11-25T02:00:00Z'}}]",
            200),
        granted(OPERATOR, GET, NODES, "", 200),
        granted(OPERATOR, GET, STATES, "", 200),
        granted(OPERATOR, GET, COMPATIBILITIES, "", 200),
        granted(OPERATOR, GET, NODES + "?watch=true&timeoutSeconds=1", "", 200),
        granted(OPERATOR, GET, STATES + "?watch=true&timeoutSeconds=1", "", 200),
        granted(OPERATOR, GET, COMPATIBILITIES + "?watch=true&timeoutSeconds=1", "", 200),
        granted(OPERATOR, MERGE, node, labels.formatted(LABEL, "'true'"), 200),
        granted(OPERATOR, MERGE, node, labels.formatted(LABEL, "null"), 200),
        granted(
            OPERATOR, MERGE, node, labels.formatted("accepts.mdevmigration.io/kept", "null"), 200),
        granted(OPERATOR, MERGE, own, "{'spec':{'checks':[{'type':'a-b','version':'v'}]}}", 200),
        granted(
            OPERATOR,
            APPLY,
            COMPATIBILITIES + "/trust-literal/status",
            "{'apiVersion':'mdevmigration.io/v1alpha1','kind':'MigrationCompatibility','metadata':"
                + "{'name':'trust-literal'},'status':{'observedGeneration':1}}",
            200),
        granted(OPERATOR, POST, events, event, 201),
        granted(OPERATOR, GET, events + "/trust-event", "", 200),
        granted(OPERATOR, MERGE, events + "/trust-event", "{'count':2}", 200),
        granted(OPERATOR, POST, LEASES, lease.formatted("mdev-operator"), 201),
        granted(OPERATOR, GET, LEASES + "/mdev-operator", "", 200),
        granted(OPERATOR, MERGE, LEASES + "/mdev-operator", "{'spec':{'holderIdentity':'x'}}", 200),
        granted(OPERATOR, GET, MUTATING + "/mdev-migration", "", 200),
        granted(
            OPERATOR,
            JSON,
            MUTATING + "/mdev-migration",
            "[{'op':'add','path':'/webhooks/0/clientConfig/caBundle','value':'%s'}]"
                .formatted(bundle),
            200),
        granted(VIEWER, GET, STATES, "", 200),
        granted(VIEWER, GET, COMPATIBILITIES, "", 200),
        granted(VIEWER, GET, EVACUATIONS, "", 200),
        granted(
            AUTHOR,
            POST,
            COMPATIBILITIES,
            RefusedToPeople.compatibility("trust-x", "{'nodes':{}}"),
            201),
        granted(AUTHOR, MERGE, COMPATIBILITIES + "/trust-x", "{'spec':{'labelNodes':false}}", 200),
        granted(AUTHOR, DELETE, COMPATIBILITIES + "/trust-x", "", 200),
        granted(
            AUTHOR, MERGE, COMPATIBILITIES + "/trust-literal", labels.formatted("a", "'b'"), 200),
        granted(
            AUTHOR,
            MERGE,
            COMPATIBILITIES + "/trust-literal",
            "{'spec':{'source':{'version':'v1'}}}",
            200),
        granted(
            LITERAL_AUTHOR,
            POST,
            COMPATIBILITIES,
            RefusedToPeople.compatibility("trust-x", "{'version':'v1'}"),
            201),
        granted(
            LITERAL_AUTHOR,
            MERGE,
            COMPATIBILITIES + "/trust-x",
            "{'spec':{'source':{'version':'v2'}}}",
            200),
        granted(
            AUTHOR,
            MERGE,
            COMPATIBILITIES + "/trust-x",
            "{'spec':{'source':{'version':null,'nodes':{}}}}",
            200),
        granted(LITERAL_AUTHOR, DELETE, COMPATIBILITIES + "/trust-x", "", 200),
        granted(
            ADMIN, MERGE, own, "{'metadata':{'labels':{'a':'b'}},'spec':{'askAgain':'x'}}", 200),
        granted(ADMIN, MERGE, own + "/status", STATUS.formatted(3), 200),
        granted(ADMIN, DELETE, own, "", 200));
  }

  private static String certificate() {
    try {
      return Base64.getEncoder()
          .encodeToString(Files.readAllBytes(TestCluster.get().apiServerCertificate()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Allowed() {}
}
