package io.mdevmigration.operator.source;

import io.mdevmigration.crds.Api;
import java.util.List;
import java.util.stream.Collectors;

/** Names in a message: some, and how many more there are. */
final class Names {
  private Names() {}

  static String some(List<String> names) {
    if (names.isEmpty()) {
      return "none";
    }
    String shown = names.stream().limit(Api.NAMES_MAX).collect(Collectors.joining(", "));
    int left = names.size() - Api.NAMES_MAX;
    return left > 0 ? shown + " and " + left + " more" : shown;
  }
}
