package io.mdevmigration.e2e.trust;

import static io.mdevmigration.e2e.trust.Paths.ADMISSION;
import static io.mdevmigration.e2e.trust.Paths.COMPATIBILITIES;
import static io.mdevmigration.e2e.trust.Paths.EVACUATIONS;
import static io.mdevmigration.e2e.trust.Paths.LEASES;
import static io.mdevmigration.e2e.trust.Paths.NODES;
import static io.mdevmigration.e2e.trust.Paths.OURS;
import static io.mdevmigration.e2e.trust.Paths.RBAC;
import static io.mdevmigration.e2e.trust.Paths.STATES;
import static io.mdevmigration.e2e.trust.Request.forbidden;
import static io.mdevmigration.e2e.trust.Request.unauthorized;
import static io.mdevmigration.e2e.trust.Verb.APPLY;
import static io.mdevmigration.e2e.trust.Verb.DELETE;
import static io.mdevmigration.e2e.trust.Verb.GET;
import static io.mdevmigration.e2e.trust.Verb.JSON;
import static io.mdevmigration.e2e.trust.Verb.MERGE;
import static io.mdevmigration.e2e.trust.Verb.POST;
import static io.mdevmigration.e2e.trust.Verb.PUT;
import static io.mdevmigration.e2e.trust.Who.ALMIGHTY_DAEMON;
import static io.mdevmigration.e2e.trust.Who.DAEMON;
import static io.mdevmigration.e2e.trust.Who.DAEMON_FOR_OTHERS;
import static io.mdevmigration.e2e.trust.Who.DAEMON_OF_DELETED_POD;
import static io.mdevmigration.e2e.trust.Who.EXPIRED_DAEMON;
import static io.mdevmigration.e2e.trust.Who.FORGING_DAEMON;
import static io.mdevmigration.e2e.trust.Who.NEW_DAEMON;
import static io.mdevmigration.e2e.trust.Who.UNBOUND_DAEMON;

import java.util.List;
import java.util.stream.Stream;

/** What a daemon may not do. */
final class RefusedToDaemons {
  private static final String HEAD =
      "'apiVersion':'mdevmigration.io/v1alpha1','kind':'MdevNodeState'";
  private static final String STATUS = "'status':{'observedTime':'2026-11-25T00:00:00Z'}";
  private static final String OWNER =
      "'apiVersion':'v1','kind':'Node','name':'trust-new','uid':'u'";

  private static final String OTHER = "may not write the MdevNodeState of another node";
  private static final String UNNAMED = "names no node";
  private static final String STATUS_ONLY = "nothing but the status";
  private static final String NO_SPEC = "without spec";
  private static final String BARE = "a name and an owner and nothing else";
  private static final String OWNED = "owned by its Node and by nothing else";
  private static final String NONE_DELETED = "it deletes none";

  /** An MdevNodeState as its daemon creates it. */
  static String state(String node) {
    return "{%s,'metadata':{'name':'%s','ownerReferences':[{%s}]}}"
        .formatted(HEAD, node, OWNER.replace("trust-new", node));
  }

  private static String owned(String... owners) {
    return "{%s,'metadata':{'name':'trust-new','ownerReferences':[%s]}}"
        .formatted(HEAD, String.join(",", owners));
  }

  private static String withMetadata(String more) {
    return "{%s,'metadata':{'name':'trust-new','ownerReferences':[{%s}],%s}}"
        .formatted(HEAD, OWNER, more);
  }

  private static String withSpec(String spec) {
    return "{%s,'metadata':{'name':'trust-new','ownerReferences':[{%s}]},'spec':%s}"
        .formatted(HEAD, OWNER, spec);
  }

  static Stream<Request> all() {
    return Stream.of(
            anothersObject(),
            whatItCreates(),
            specAndMetadata(),
            otherTokens(),
            otherResources(),
            byPolicyAlone())
        .flatMap(List::stream);
  }

  private static List<Request> anothersObject() {
    String b = STATES + "/trust-b";
    String generated =
        state("x").replace("'name':'x','ownerReferences'", "'generateName':'x-','ownerReferences'");
    return List.of(
        forbidden(DAEMON, POST, STATES, state("trust-new"), OTHER),
        forbidden(DAEMON, POST, STATES, state("trust-b"), OTHER),
        forbidden(DAEMON, POST, STATES, generated, OTHER),
        forbidden(DAEMON, POST, STATES + "?dryRun=All", state("nowhere.invalid"), OTHER),
        forbidden(DAEMON, PUT, b, state("trust-b"), "cannot update"),
        forbidden(DAEMON, MERGE, b, "{'spec':{'askAgain':'x'}}", "cannot patch"),
        forbidden(DAEMON, JSON, b, "[{'op':'remove','path':'/spec'}]", "cannot patch"),
        forbidden(DAEMON, APPLY, b, state("trust-b"), "cannot patch"),
        forbidden(DAEMON, DELETE, b, "", "cannot delete"),
        forbidden(
            DAEMON, DELETE, STATES + "?fieldSelector=metadata.name%3Dtrust-b", "", "cannot delete"),
        forbidden(DAEMON, MERGE, b + "/status", "{" + STATUS + "}", OTHER),
        forbidden(
            DAEMON,
            JSON,
            b + "/status",
            "[{'op':'add','path':'/status','value':{'observedTime':'2026-11-25T00:00:00Z'}}]",
            OTHER),
        forbidden(
            DAEMON,
            APPLY,
            b + "/status?force=true",
            "{%s,'metadata':{'name':'trust-b'},%s}".formatted(HEAD, STATUS),
            OTHER),
        forbidden(DAEMON, PUT, b + "/status", state("trust-b"), "cannot update"));
  }

  private static List<Request> whatItCreates() {
    String owner = "{" + OWNER + "}";
    return List.of(
        forbidden(NEW_DAEMON, POST, STATES, withSpec("{'askAgain':'x'}"), NO_SPEC),
        forbidden(
            NEW_DAEMON,
            POST,
            STATES,
            withSpec("{'checks':[{'type':'a-b','version':'v'}]}"),
            NO_SPEC),
        forbidden(NEW_DAEMON, POST, STATES, withSpec("{}"), NO_SPEC),
        forbidden(NEW_DAEMON, POST, STATES, withMetadata("'labels':{'a':'b'}"), BARE),
        forbidden(NEW_DAEMON, POST, STATES, withMetadata("'annotations':{'a':'b'}"), BARE),
        forbidden(NEW_DAEMON, POST, STATES, withMetadata("'finalizers':['a.b/c']"), BARE),
        forbidden(NEW_DAEMON, POST, STATES, owned(), OWNED),
        forbidden(NEW_DAEMON, POST, STATES, owned(owner.replace("trust-new", "trust-b")), OWNED),
        forbidden(NEW_DAEMON, POST, STATES, owned(owner.replace("'Node'", "'Pod'")), OWNED),
        forbidden(NEW_DAEMON, POST, STATES, owned(owner.replace("'v1'", "'v2'")), OWNED),
        forbidden(NEW_DAEMON, POST, STATES, owned(owner, owner.replace("'u'", "'w'")), OWNED),
        forbidden(
            NEW_DAEMON, POST, STATES, owned(owner.replace("'u'", "'u','controller':true")), OWNED),
        forbidden(
            NEW_DAEMON,
            POST,
            STATES,
            owned(owner.replace("'u'", "'u','blockOwnerDeletion':true")),
            OWNED),
        forbidden(NEW_DAEMON, APPLY, STATES + "/trust-new", state("trust-new"), "cannot patch"),
        forbidden(NEW_DAEMON, PUT, STATES + "/trust-new", state("trust-new"), "cannot update"));
  }

  private static List<Request> specAndMetadata() {
    String own = STATES + "/trust-a";
    return List.of(
        forbidden(DAEMON, PUT, own, state("trust-a"), "cannot update"),
        forbidden(DAEMON, MERGE, own, "{'spec':{'askAgain':'x'}}", "cannot patch"),
        forbidden(DAEMON, MERGE, own, "{'metadata':{'labels':{'a':'b'}}}", "cannot patch"),
        forbidden(DAEMON, MERGE, own, "{'metadata':{'ownerReferences':null}}", "cannot patch"),
        forbidden(DAEMON, APPLY, own, state("trust-a"), "cannot patch"),
        forbidden(DAEMON, PUT, own + "/status", state("trust-a"), "cannot update"),
        forbidden(DAEMON, DELETE, own, "", "cannot delete"),
        forbidden(DAEMON, DELETE, own + "/status", "", "cannot delete"));
  }

  private static List<Request> otherTokens() {
    String own = STATES + "/trust-a";
    String status = "{" + STATUS + "}";
    return List.of(
        forbidden(UNBOUND_DAEMON, POST, STATES, state("trust-new"), UNNAMED),
        forbidden(UNBOUND_DAEMON, MERGE, own + "/status", status, UNNAMED),
        unauthorized(DAEMON_OF_DELETED_POD, GET, STATES + "/trust-gone", ""),
        unauthorized(DAEMON_OF_DELETED_POD, POST, STATES, state("trust-gone")),
        unauthorized(EXPIRED_DAEMON, GET, own, ""),
        unauthorized(EXPIRED_DAEMON, MERGE, own + "/status", status),
        unauthorized(FORGING_DAEMON, MERGE, STATES + "/trust-b/status", status),
        unauthorized(DAEMON_FOR_OTHERS, MERGE, own + "/status", status));
  }

  private static List<Request> otherResources() {
    String admin =
        "{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'ClusterRoleBinding','metadata':"
            + "{'name':'x'},'roleRef':{'apiGroup':'rbac.authorization.k8s.io','kind':'ClusterRole',"
            + "'name':'cluster-admin'}}";
    return List.of(
        forbidden(DAEMON, GET, STATES, "", "cannot list"),
        forbidden(DAEMON, GET, NODES, "", "cannot list"),
        forbidden(
            DAEMON, MERGE, NODES + "/trust-a", "{'metadata':{'labels':{'a':'b'}}}", "cannot patch"),
        forbidden(DAEMON, MERGE, NODES + "/trust-a/status", "{'status':{}}", "cannot patch"),
        forbidden(DAEMON, GET, COMPATIBILITIES, "", "cannot list"),
        forbidden(DAEMON, POST, COMPATIBILITIES, "{}", "cannot create"),
        forbidden(DAEMON, GET, EVACUATIONS, "", "cannot list"),
        forbidden(DAEMON, POST, EVACUATIONS, "{}", "cannot create"),
        forbidden(DAEMON, DELETE, EVACUATIONS + "/trust-a", "", "cannot delete"),
        forbidden(DAEMON, MERGE, EVACUATIONS + "/trust-a/status", "{'status':{}}", "cannot patch"),
        forbidden(DAEMON, GET, OURS + "secrets", "", "cannot list"),
        forbidden(DAEMON, GET, "/api/v1/namespaces/kube-system/secrets/x", "", "cannot get"),
        forbidden(DAEMON, GET, OURS + "configmaps", "", "cannot list"),
        forbidden(DAEMON, GET, OURS + "pods", "", "cannot list"),
        forbidden(DAEMON, POST, OURS + "pods", "{}", "cannot create"),
        forbidden(DAEMON, POST, OURS + "serviceaccounts/mdev-node/token", "{}", "cannot create"),
        forbidden(DAEMON, POST, "/api/v1/namespaces/default/events", "{}", "cannot create"),
        forbidden(DAEMON, GET, LEASES + "/mdev-operator", "", "cannot get"),
        forbidden(DAEMON, POST, RBAC + "clusterrolebindings", admin, "cannot create"),
        forbidden(
            DAEMON,
            DELETE,
            ADMISSION + "validatingadmissionpolicies/mdev-migration-node-daemon",
            "",
            "cannot delete"));
  }

  /** What a mistake in a role would not open. */
  private static List<Request> byPolicyAlone() {
    String a = STATES + "/trust-a";
    String b = STATES + "/trust-b";
    return List.of(
        forbidden(ALMIGHTY_DAEMON, MERGE, b, "{'spec':{'askAgain':'x'}}", OTHER),
        forbidden(ALMIGHTY_DAEMON, MERGE, a, "{'spec':{'askAgain':'x'}}", STATUS_ONLY),
        forbidden(ALMIGHTY_DAEMON, MERGE, a, "{'metadata':{'labels':{'a':'b'}}}", STATUS_ONLY),
        forbidden(ALMIGHTY_DAEMON, MERGE, a, "{'metadata':{'finalizers':['a.b/c']}}", STATUS_ONLY),
        forbidden(ALMIGHTY_DAEMON, MERGE, a, "{'metadata':{'ownerReferences':null}}", STATUS_ONLY),
        forbidden(ALMIGHTY_DAEMON, APPLY, a, withSpecOf("trust-a"), STATUS_ONLY),
        forbidden(ALMIGHTY_DAEMON, APPLY, STATES + "/trust-new", state("trust-new"), OTHER),
        forbidden(ALMIGHTY_DAEMON, DELETE, b, "", NONE_DELETED),
        forbidden(ALMIGHTY_DAEMON, DELETE, a, "", NONE_DELETED),
        forbidden(
            ALMIGHTY_DAEMON,
            DELETE,
            STATES + "?fieldSelector=metadata.name%3Dtrust-a",
            "",
            NONE_DELETED));
  }

  private static String withSpecOf(String node) {
    return "{%s,'metadata':{'name':'%s'},'spec':{'askAgain':'x'}}".formatted(HEAD, node);
  }

  private RefusedToDaemons() {}
}
