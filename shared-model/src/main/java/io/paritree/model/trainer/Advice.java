package io.paritree.model.trainer;

import java.util.ArrayList;
import java.util.List;

/**
 * Words what was found: the cause and its cure, or, where other causes explain as much, all of them
 * and no cure.
 */
record Advice(Search search, Finding found) {
  private static final int MAX_SHOWN = 10;
  private static final int MAX_VARIANTS = 3;

  /**
   * Returns what agrees, and what to do if that is sure.
   *
   * @param rows how many rows agree, as a clause
   */
  String text(String rows) {
    List<List<Claim>> others = search.alternatives(found);
    boolean isOne = others.stream().allMatch(List::isEmpty);
    boolean isSure = isOne && search.isShown(found);
    List<String> parts = new ArrayList<>();
    for (int at = 0; at < found.claims().size(); at++) {
      Claim claim = found.claims().get(at);
      List<String> causes = new ArrayList<>(List.of(cause(claim)));
      others.get(at).stream().map(Claim::cause).distinct().forEach(causes::add);
      String cure = isSure && !claim.cure().text().isEmpty() ? ": " + claim.cure().text() : "";
      parts.add(listed(causes) + cure);
    }

    if (!found.precision().text().isEmpty()) {
      parts.add(found.precision().text());
    }

    String all = String.join("; and ", parts);
    if (isSure) {
      return "what agrees, with %s: %s".formatted(rows, all);
    }

    return isOne
        ? "what agrees, with %s, but is not advised, because the trees test it at one place only and other causes would agree as well: %s"
            .formatted(rows, all)
        : "several causes agree alike, with %s, so that none is advised: %s; rows in which they differ would tell"
            .formatted(rows, all);
  }

  private String cause(Claim claim) {
    List<String> variants = new ArrayList<>(List.of(claim.cause()));
    search.variants(found, claim).stream()
        .map(Claim::cause)
        .filter(cause -> !variants.contains(cause))
        .limit(MAX_VARIANTS)
        .forEach(variants::add);
    return String.join(", or ", variants);
  }

  /** Returns causes as alternatives, of many the first. */
  static String listed(List<String> causes) {
    int more = causes.size() - MAX_SHOWN;
    List<String> shown = causes.subList(0, Math.min(MAX_SHOWN, causes.size()));
    return String.join("; or ", shown) + (more > 0 ? "; or %s more".formatted(more) : "");
  }
}
