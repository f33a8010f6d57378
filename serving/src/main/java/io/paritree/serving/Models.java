package io.paritree.serving;

import io.paritree.ModelException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The models in service, by name.
 *
 * <p>A name can stand for several: its aliases, and pinned versions beside them. A plain name means
 * its alias {@code champion}, and where that is not served the first that the configuration lists.
 * Once opened, the set of slots never changes; what is in them may. Thread-safe.
 */
final class Models {
  private static final String CHAMPION = "champion";

  private volatile Map<String, List<ModelSlot>> slots = Map.of();

  /**
   * Opens all models of a configuration; until it returns, requests for models are answered 503.
   *
   * @throws ModelException if one is corrupt or not supported
   * @throws IOException if one cannot be read
   */
  void open(ServingConfig config, ServerMetrics metrics) throws ModelException, IOException {
    Map<String, List<ModelSlot>> byName = new LinkedHashMap<>();
    for (String text : config.models().serve()) {
      ModelSlot slot = new ModelSlot(config.models().reference(text), config, metrics);
      byName.computeIfAbsent(slot.current().name(), name -> new ArrayList<>()).add(slot);
    }

    slots = byName;
  }

  private Map<String, List<ModelSlot>> opened() {
    Map<String, List<ModelSlot>> now = slots;
    if (now.isEmpty()) {
      throw new ProblemException(Problems.starting());
    }

    return now;
  }

  /** Returns the slots, in the order of the configuration. */
  List<ModelSlot> all() {
    return slots.values().stream().flatMap(List::stream).toList();
  }

  /** Returns the slot that the configuration lists first. */
  ModelSlot first() {
    return opened().values().iterator().next().get(0);
  }

  /** Returns the slot under {@code name} or {@code name@alias}. */
  Optional<ModelSlot> find(String address) {
    List<ModelSlot> plain = opened().get(address);
    if (plain != null) {
      return plain.size() == 1
          ? Optional.of(plain.get(0))
          : following(CHAMPION, plain).or(() -> Optional.of(plain.get(0)));
    }

    int at = address.lastIndexOf('@');
    return at < 0
        ? Optional.empty()
        : following(address.substring(at + 1), of(address.substring(0, at)));
  }

  private static Optional<ModelSlot> following(String alias, List<ModelSlot> slots) {
    return slots.stream()
        .filter(slot -> slot.alias().filter(alias::equals).isPresent())
        .findFirst();
  }

  /** Returns the slot whose model is of a version, if one is. */
  Optional<ModelSlot> find(String name, String version) {
    String modelVersion = name + "/" + version;
    return of(name).stream()
        .filter(slot -> slot.current().model().modelVersion().equals(modelVersion))
        .findFirst();
  }

  /** Returns the slots that hold versions of a model, in the order of the configuration. */
  List<ModelSlot> of(String name) {
    return opened().getOrDefault(name, List.of());
  }

  /** Returns the models' names. */
  List<String> names() {
    return List.copyOf(slots.keySet());
  }

  /** Returns what is served, as a message shows it. */
  String addresses() {
    return all().stream()
        .map(slot -> slot.current().name() + " (" + slot.current().model().modelVersion() + ")")
        .collect(Collectors.joining(", "));
  }
}
