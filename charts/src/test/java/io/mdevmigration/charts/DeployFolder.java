package io.mdevmigration.charts;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The folder {@code deploy}, for people without Helm and for tests: the chart with its default
 * values but for KubeVirt; {@code deploy/kubevirt}: what KubeVirt adds or changes; {@code
 * deploy/kubevirt-strict}: the policy on target pods. One file per template.
 */
final class DeployFolder {
  private static final String VALUES =
      """
      namespace: {create: true}
      crds: {install: false}
      kubevirt: {mode: %s, targetPodPolicy: {create: %s}}
      """;

  private static final String KUBEVIRT = "kubevirt/";
  private static final String STRICT = "kubevirt-strict/";

  /** Labels that say what Helm did. */
  private static final Pattern OF_HELM =
      Pattern.compile(
          "(?m)^ +(?:helm\\.sh/chart|app\\.kubernetes\\.io/(?:instance|managed-by|version)): .*\\R");

  private DeployFolder() {}

  /** Text by path below {@code deploy}. */
  static Map<String, String> generate(Chart chart) {
    List<Rendered> without = render(chart, "Off", false);
    List<Rendered> with = render(chart, "Steer", true);
    Map<String, StringBuilder> files = new TreeMap<>();
    Set<String> known = new HashSet<>();
    for (Rendered object : without) {
      known.add(object.text());
      append(files, object.template(), object);
    }
    for (Rendered object : with) {
      if (!known.contains(object.text())) {
        String template = object.template();
        boolean apart = template.startsWith(KUBEVIRT) || template.startsWith(STRICT);
        append(files, apart ? template : KUBEVIRT + template, object);
      }
    }
    Map<String, String> texts = new TreeMap<>();
    files.forEach((path, text) -> texts.put(path, text.toString()));
    return texts;
  }

  private static List<Rendered> render(Chart chart, String mode, boolean strict) {
    return chart.render(Chart.NAMESPACE, VALUES.formatted(mode, strict));
  }

  private static void append(Map<String, StringBuilder> files, String path, Rendered object) {
    StringBuilder file = files.get(path);
    if (file == null) {
      file =
          new StringBuilder("# Generated from charts/mdev-migration/templates/")
              .append(object.template())
              .append("; do not edit.\n");
      files.put(path, file);
    } else {
      file.append("---\n");
    }
    file.append(OF_HELM.matcher(object.text()).replaceAll("").strip()).append('\n');
  }
}
