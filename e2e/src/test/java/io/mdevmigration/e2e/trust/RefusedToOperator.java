package io.mdevmigration.e2e.trust;

import static io.mdevmigration.e2e.trust.Paths.ADMISSION;
import static io.mdevmigration.e2e.trust.Paths.COMPATIBILITIES;
import static io.mdevmigration.e2e.trust.Paths.LEASES;
import static io.mdevmigration.e2e.trust.Paths.MUTATING;
import static io.mdevmigration.e2e.trust.Paths.NODES;
import static io.mdevmigration.e2e.trust.Paths.OURS;
import static io.mdevmigration.e2e.trust.Paths.STATES;
import static io.mdevmigration.e2e.trust.Paths.SYSTEM_LEASES;
import static io.mdevmigration.e2e.trust.Paths.VALIDATING;
import static io.mdevmigration.e2e.trust.Request.forbidden;
import static io.mdevmigration.e2e.trust.Verb.APPLY;
import static io.mdevmigration.e2e.trust.Verb.DELETE;
import static io.mdevmigration.e2e.trust.Verb.GET;
import static io.mdevmigration.e2e.trust.Verb.JSON;
import static io.mdevmigration.e2e.trust.Verb.MERGE;
import static io.mdevmigration.e2e.trust.Verb.POST;
import static io.mdevmigration.e2e.trust.Verb.PUT;
import static io.mdevmigration.e2e.trust.Who.ALMIGHTY_OPERATOR;
import static io.mdevmigration.e2e.trust.Who.OPERATOR;

import java.util.List;
import java.util.stream.Stream;

/** What the operator may not do. */
final class RefusedToOperator {
  private static final String A = NODES + "/trust-a";
  private static final String STATE = STATES + "/trust-a";
  private static final String STATUS = "{'status':{'observedTime':'2026-11-25T00:00:00Z'}}";
  private static final String OWN_HOOK = MUTATING + "/mdev-migration";

  private static final String LABELS = "changes no label of a Node but those that begin with";
  private static final String VALUE = "has the value true or is not there";
  private static final String OTHER_METADATA = "no annotation, finalizer or owner of a Node";
  private static final String NODE_SPEC = "nothing in the spec of a Node";
  private static final String NODE_LABELS_ONLY = "sets and removes labels of Nodes";
  private static final String NO_STATUS = "writes the spec of MdevNodeStates and no status";
  private static final String NO_METADATA = "none of their labels, annotations, finalizers";
  private static final String NEITHER = "neither creates nor deletes MdevNodeStates";
  private static final String ITS_HOOK = "only update the MutatingWebhookConfiguration";
  private static final String HOOK_METADATA =
      "no label, annotation, finalizer or owner of its webhook";
  private static final String BUNDLE =
      "nothing in its webhook configuration but clientConfig.caBundle";

  static Stream<Request> all() {
    return Stream.of(labels(), nodes(), states(), webhooks(), otherResources(), byPolicyAlone())
        .flatMap(List::stream);
  }

  private static String label(String key, String value) {
    return "{'metadata':{'labels':{'%s':%s}}}".formatted(key, value);
  }

  private static List<Request> labels() {
    return List.of(
        forbidden(OPERATOR, MERGE, A, label("example.com/a", "'true'"), LABELS),
        forbidden(OPERATOR, MERGE, A, label("pool", "'two'"), LABELS),
        forbidden(OPERATOR, MERGE, A, label("pool", "null"), LABELS),
        forbidden(OPERATOR, MERGE, A, label("node-role.kubernetes.io/x", "''"), LABELS),
        forbidden(OPERATOR, MERGE, A, label("mdevmigration.io/a", "'true'"), LABELS),
        forbidden(
            OPERATOR, MERGE, A, label("accepts.mdevmigration.io.example.com/a", "'true'"), LABELS),
        forbidden(OPERATOR, MERGE, A, label("x.accepts.mdevmigration.io/a", "'true'"), LABELS),
        forbidden(OPERATOR, MERGE, A, label("accepts.mdevmigration.io/a", "'false'"), VALUE),
        forbidden(OPERATOR, MERGE, A, label("accepts.mdevmigration.io/a", "''"), VALUE),
        forbidden(OPERATOR, MERGE, A, label("accepts.mdevmigration.io/kept", "'yes'"), VALUE),
        forbidden(
            OPERATOR,
            MERGE,
            A,
            "{'metadata':{'labels':{'accepts.mdevmigration.io/a':'true','example.com/a':'true'}}}",
            LABELS),
        forbidden(OPERATOR, JSON, A, "[{'op':'remove','path':'/metadata/labels/pool'}]", LABELS),
        forbidden(OPERATOR, JSON, A, "[{'op':'remove','path':'/metadata/labels'}]", LABELS),
        forbidden(
            OPERATOR,
            APPLY,
            A,
            "{'apiVersion':'v1','kind':'Node','metadata':{'labels':{'example.com/a':'true'}}}",
            LABELS));
  }

  private static List<Request> nodes() {
    String taints = "{'spec':{'taints':[{'key':'a','effect':'NoExecute'}]}}";
    return List.of(
        forbidden(OPERATOR, MERGE, A, "{'metadata':{'annotations':{'a':'b'}}}", OTHER_METADATA),
        forbidden(OPERATOR, MERGE, A, "{'metadata':{'annotations':{'kept':null}}}", OTHER_METADATA),
        forbidden(OPERATOR, MERGE, A, "{'metadata':{'finalizers':['a.b/c']}}", OTHER_METADATA),
        forbidden(
            OPERATOR,
            MERGE,
            A,
            "{'metadata':{'ownerReferences':[{'apiVersion':'v1','kind':'Node','name':'b','uid':'u'}]}}",
            OTHER_METADATA),
        forbidden(OPERATOR, MERGE, A, taints, NODE_SPEC),
        forbidden(OPERATOR, MERGE, A, "{'spec':{'taints':null}}", NODE_SPEC),
        forbidden(OPERATOR, MERGE, A, "{'spec':{'unschedulable':true}}", NODE_SPEC),
        forbidden(OPERATOR, MERGE, A, "{'spec':{'providerID':'x'}}", NODE_SPEC),
        forbidden(
            OPERATOR,
            MERGE,
            A,
            "{'metadata':{'labels':{'accepts.mdevmigration.io/a':'true'}},'spec':{'unschedulable':true}}",
            NODE_SPEC),
        forbidden(
            OPERATOR, MERGE, A + "/status", "{'status':{'capacity':{'cpu':'9'}}}", "cannot patch"),
        forbidden(OPERATOR, GET, A, "", "cannot get"),
        forbidden(OPERATOR, GET, A + "/proxy/healthz", "", "cannot get"),
        forbidden(OPERATOR, PUT, A, "{}", "cannot update"),
        forbidden(OPERATOR, POST, NODES, "{}", "cannot create"),
        forbidden(
            OPERATOR,
            APPLY,
            NODES + "/trust-none",
            "{'apiVersion':'v1','kind':'Node','metadata':{'name':'trust-none'}}",
            "cannot create"),
        forbidden(OPERATOR, DELETE, A, "", "cannot delete"),
        forbidden(
            OPERATOR,
            DELETE,
            NODES + "?fieldSelector=metadata.name%3Dtrust-a",
            "",
            "cannot delete"));
  }

  private static List<Request> states() {
    return List.of(
        forbidden(OPERATOR, GET, STATE, "", "cannot get"),
        forbidden(OPERATOR, MERGE, STATE + "/status", STATUS, "cannot patch"),
        forbidden(OPERATOR, MERGE, STATE, "{'metadata':{'labels':{'a':'b'}}}", NO_METADATA),
        forbidden(OPERATOR, MERGE, STATE, "{'metadata':{'annotations':{'a':'b'}}}", NO_METADATA),
        forbidden(OPERATOR, MERGE, STATE, "{'metadata':{'finalizers':['a.b/c']}}", NO_METADATA),
        forbidden(OPERATOR, MERGE, STATE, "{'metadata':{'ownerReferences':null}}", NO_METADATA),
        forbidden(
            OPERATOR,
            MERGE,
            STATE,
            "{'metadata':{'labels':{'a':'b'}},'spec':{'askAgain':'x'}}",
            NO_METADATA),
        forbidden(OPERATOR, POST, STATES, RefusedToDaemons.state("trust-new"), "cannot create"),
        forbidden(
            OPERATOR,
            APPLY,
            STATES + "/trust-new",
            RefusedToDaemons.state("trust-new"),
            "cannot create"),
        forbidden(OPERATOR, PUT, STATE, RefusedToDaemons.state("trust-a"), "cannot update"),
        forbidden(OPERATOR, DELETE, STATE, "", "cannot delete"),
        forbidden(
            OPERATOR,
            DELETE,
            STATES + "?fieldSelector=metadata.name%3Dtrust-a",
            "",
            "cannot delete"));
  }

  private static List<Request> webhooks() {
    String first = "[{'op':'add','path':'/webhooks/0/%s','value':%s}]";
    return List.of(
        forbidden(OPERATOR, JSON, OWN_HOOK, first.formatted("failurePolicy", "'Fail'"), BUNDLE),
        forbidden(
            OPERATOR, JSON, OWN_HOOK, first.formatted("clientConfig/service/name", "'x'"), BUNDLE),
        forbidden(OPERATOR, JSON, OWN_HOOK, first.formatted("rules/0/resources", "['*']"), BUNDLE),
        forbidden(OPERATOR, JSON, OWN_HOOK, first.formatted("rules/0/operations", "['*']"), BUNDLE),
        forbidden(OPERATOR, JSON, OWN_HOOK, first.formatted("timeoutSeconds", "30"), BUNDLE),
        forbidden(OPERATOR, JSON, OWN_HOOK, first.formatted("matchPolicy", "'Exact'"), BUNDLE),
        forbidden(
            OPERATOR, JSON, OWN_HOOK, first.formatted("sideEffects", "'NoneOnDryRun'"), BUNDLE),
        forbidden(
            OPERATOR, JSON, OWN_HOOK, first.formatted("reinvocationPolicy", "'IfNeeded'"), BUNDLE),
        forbidden(OPERATOR, JSON, OWN_HOOK, first.formatted("name", "'x.example.com'"), BUNDLE),
        forbidden(
            OPERATOR,
            JSON,
            OWN_HOOK,
            first.formatted("admissionReviewVersions", "['v1','v1beta1']"),
            BUNDLE),
        forbidden(
            OPERATOR,
            JSON,
            OWN_HOOK,
            first.formatted("matchConditions", "[{'name':'n','expression':'true'}]"),
            BUNDLE),
        forbidden(
            OPERATOR,
            JSON,
            OWN_HOOK,
            first.formatted("namespaceSelector", "{'matchLabels':{'a':'b'}}"),
            BUNDLE),
        forbidden(
            OPERATOR,
            JSON,
            OWN_HOOK,
            first.formatted("objectSelector", "{'matchLabels':{'a':'b'}}"),
            BUNDLE),
        forbidden(
            OPERATOR,
            JSON,
            OWN_HOOK,
            "[{'op':'replace','path':'/webhooks/0/clientConfig','value':{'url':'https://evil.example/'}}]",
            BUNDLE),
        forbidden(OPERATOR, JSON, OWN_HOOK, "[{'op':'remove','path':'/webhooks/0'}]", BUNDLE),
        forbidden(OPERATOR, MERGE, OWN_HOOK, "{'webhooks':null}", BUNDLE),
        forbidden(OPERATOR, MERGE, OWN_HOOK, label("a", "'b'"), HOOK_METADATA),
        forbidden(
            OPERATOR, MERGE, OWN_HOOK, "{'metadata':{'annotations':{'a':'b'}}}", HOOK_METADATA),
        forbidden(
            OPERATOR, MERGE, OWN_HOOK, "{'metadata':{'finalizers':['a.b/c']}}", HOOK_METADATA),
        forbidden(
            OPERATOR,
            MERGE,
            OWN_HOOK,
            "{'metadata':{'ownerReferences':[{'apiVersion':'v1','kind':'Node','name':'b','uid':'u'}]}}",
            HOOK_METADATA),
        forbidden(OPERATOR, MERGE, MUTATING + "/trust-other", "{'webhooks':null}", "cannot patch"),
        forbidden(
            OPERATOR, MERGE, VALIDATING + "/trust-other", "{'webhooks':null}", "cannot patch"),
        forbidden(OPERATOR, GET, MUTATING, "", "cannot list"),
        forbidden(OPERATOR, POST, MUTATING, "{}", "cannot create"),
        forbidden(OPERATOR, PUT, OWN_HOOK, "{}", "cannot update"),
        forbidden(OPERATOR, DELETE, OWN_HOOK, "", "cannot delete"));
  }

  private static List<Request> otherResources() {
    String lease = "{'spec':{'holderIdentity':'x'}}";
    return List.of(
        forbidden(OPERATOR, POST, COMPATIBILITIES, "{}", "cannot create"),
        forbidden(
            OPERATOR, MERGE, COMPATIBILITIES + "/trust-literal", "{'spec':{}}", "cannot patch"),
        forbidden(OPERATOR, PUT, COMPATIBILITIES + "/trust-literal/status", "{}", "cannot update"),
        forbidden(OPERATOR, DELETE, COMPATIBILITIES + "/trust-literal", "", "cannot delete"),
        forbidden(OPERATOR, GET, OURS + "secrets", "", "cannot list"),
        forbidden(OPERATOR, GET, "/api/v1/secrets", "", "cannot list"),
        forbidden(OPERATOR, GET, OURS + "configmaps", "", "cannot list"),
        forbidden(OPERATOR, GET, "/api/v1/pods", "", "cannot list"),
        forbidden(OPERATOR, GET, OURS + "pods", "", "cannot list"),
        forbidden(OPERATOR, POST, OURS + "serviceaccounts/mdev-node/token", "{}", "cannot create"),
        forbidden(OPERATOR, MERGE, LEASES + "/of-somebody-else", lease, "cannot patch"),
        forbidden(OPERATOR, GET, LEASES + "/of-somebody-else", "", "cannot get"),
        forbidden(OPERATOR, DELETE, LEASES + "/mdev-operator", "", "cannot delete"),
        forbidden(OPERATOR, POST, SYSTEM_LEASES, "{}", "cannot create"),
        forbidden(OPERATOR, MERGE, SYSTEM_LEASES + "/kube-scheduler", lease, "cannot patch"),
        forbidden(OPERATOR, GET, "/api/v1/namespaces/default/events", "", "cannot list"),
        forbidden(OPERATOR, DELETE, "/api/v1/namespaces/default/events/x", "", "cannot delete"),
        forbidden(OPERATOR, POST, "/api/v1/namespaces/kube-system/events", "{}", "cannot create"),
        forbidden(
            OPERATOR,
            DELETE,
            ADMISSION + "validatingadmissionpolicybindings/mdev-migration-operator-nodes",
            "",
            "cannot delete"));
  }

  /** What a mistake in a role would not open. */
  private static List<Request> byPolicyAlone() {
    String nodeStatus = "{'status':{'capacity':{'cpu':'9'}}}";
    String node = "{'apiVersion':'v1','kind':'Node','metadata':{'name':'trust-none'}}";
    String hook =
        "{'apiVersion':'admissionregistration.k8s.io/v1','kind':'%s','metadata':{'name':'trust-x'}}";
    return List.of(
        forbidden(ALMIGHTY_OPERATOR, MERGE, STATE + "/status", STATUS, NO_STATUS),
        forbidden(ALMIGHTY_OPERATOR, POST, STATES, RefusedToDaemons.state("trust-new"), NEITHER),
        forbidden(
            ALMIGHTY_OPERATOR,
            APPLY,
            STATES + "/trust-new",
            RefusedToDaemons.state("trust-new"),
            NEITHER),
        forbidden(ALMIGHTY_OPERATOR, DELETE, STATE, "", NEITHER),
        forbidden(
            ALMIGHTY_OPERATOR,
            DELETE,
            STATES + "?fieldSelector=metadata.name%3Dtrust-a",
            "",
            NEITHER),
        forbidden(ALMIGHTY_OPERATOR, MERGE, A + "/status", nodeStatus, NODE_LABELS_ONLY),
        forbidden(ALMIGHTY_OPERATOR, POST, NODES, node, NODE_LABELS_ONLY),
        forbidden(ALMIGHTY_OPERATOR, APPLY, NODES + "/trust-none", node, NODE_LABELS_ONLY),
        forbidden(ALMIGHTY_OPERATOR, DELETE, A, "", NODE_LABELS_ONLY),
        forbidden(
            ALMIGHTY_OPERATOR,
            DELETE,
            NODES + "?fieldSelector=metadata.name%3Dtrust-a",
            "",
            NODE_LABELS_ONLY),
        forbidden(ALMIGHTY_OPERATOR, GET, A + "/proxy/healthz", "", NODE_LABELS_ONLY),
        forbidden(ALMIGHTY_OPERATOR, MERGE, MUTATING + "/trust-other", label("a", "'b'"), ITS_HOOK),
        forbidden(
            ALMIGHTY_OPERATOR, MERGE, VALIDATING + "/trust-other", label("a", "'b'"), ITS_HOOK),
        forbidden(
            ALMIGHTY_OPERATOR,
            POST,
            MUTATING,
            hook.formatted("MutatingWebhookConfiguration"),
            ITS_HOOK),
        forbidden(
            ALMIGHTY_OPERATOR,
            POST,
            VALIDATING,
            hook.formatted("ValidatingWebhookConfiguration"),
            ITS_HOOK),
        forbidden(ALMIGHTY_OPERATOR, DELETE, OWN_HOOK, "", ITS_HOOK));
  }

  private RefusedToOperator() {}
}
