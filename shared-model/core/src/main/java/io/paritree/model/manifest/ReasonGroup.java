package io.paritree.model.manifest;

import io.paritree.feature.Feature;
import io.paritree.feature.Schema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Features that are one reason together: all that read one column, or all of one group.
 *
 * @param name the name of the group, or else of the column
 * @param slots the slots of its features, ascending
 * @param columns the columns that they read, each once, in the order of the features
 * @param rule whether it is named, and its codes; without a group
 */
public record ReasonGroup(String name, List<Integer> slots, List<String> columns, ReasonRule rule) {
  public ReasonGroup {
    slots = List.copyOf(slots);
    columns = List.copyOf(columns);
  }

  /**
   * Returns the groups of a schema, in the order of their first feature. Each feature is in one,
   * except offsets. A feature without a group is in the group of its column's name.
   *
   * @param rules one per feature; all rules of a group that name its reason name the same
   * @throws IllegalArgumentException if they do not
   */
  public static List<ReasonGroup> of(Schema schema, List<ReasonRule> rules) {
    Map<String, List<Integer>> slots = new LinkedHashMap<>();
    for (int slot = 0; slot < schema.modelWidth(); slot++) {
      String name = rules.get(slot).group().orElse(schema.features().get(slot).column());
      slots.computeIfAbsent(name, group -> new ArrayList<>()).add(slot);
    }

    List<ReasonGroup> groups = new ArrayList<>();
    slots.forEach(
        (name, members) -> {
          List<String> columns =
              members.stream()
                  .map(slot -> schema.features().get(slot).column())
                  .distinct()
                  .toList();
          groups.add(new ReasonGroup(name, members, columns, rule(name, members, schema, rules)));
        });
    return groups;
  }

  /**
   * Checks that the groups of a new package have what their names say: all features of a column are
   * in one group, and no group has the name of a column that is not in it.
   *
   * @throws IllegalArgumentException if they have not
   */
  public static void check(Schema schema, List<ReasonRule> rules) {
    Map<String, Optional<String>> groups = new HashMap<>();
    for (int slot = 0; slot < schema.modelWidth(); slot++) {
      String column = schema.features().get(slot).column();
      Optional<String> group = rules.get(slot).group();
      Optional<String> before = groups.putIfAbsent(column, group);
      if (before != null && !before.equals(group)) {
        throw new IllegalArgumentException(
            "Cannot use 'group' of feature '%s': got %s, expected %s as for the other features of column '%s', which are one reason"
                .formatted(schema.features().get(slot).name(), text(group), text(before), column));
      }
    }

    groups.forEach(
        (column, group) -> {
          String name = group.orElse(column);
          if (!groups.getOrDefault(name, group).equals(group)) {
            throw new IllegalArgumentException(
                "Cannot use 'group' '%s' of column '%s': it is the name of another column, whose group is %s; give both the same, or name the group otherwise"
                    .formatted(name, column, text(groups.get(name))));
          }
        });
  }

  private static String text(Optional<String> group) {
    return group.map(name -> "'" + name + "'").orElse("none");
  }

  private static ReasonRule rule(
      String name, List<Integer> members, Schema schema, List<ReasonRule> rules) {
    ReasonRule found = ReasonRule.NONE;
    Feature first = null;
    for (int slot : members) {
      ReasonRule said = rules.get(slot).ungrouped();
      if (said.hasReason() && first == null) {
        found = said;
        first = schema.features().get(slot);
      } else if (said.hasReason() && !said.equals(found)) {
        throw new IllegalArgumentException(
            "Cannot use 'reason' of feature '%s': it is one reason together with feature '%s', as '%s', which has another; give it to one of them only, or use another 'group'"
                .formatted(schema.features().get(slot).name(), first.name(), name));
      }
    }

    return found;
  }
}
