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
 * <p>A name can stand for several: its alias and pinned versions beside it. A plain name means the
 * first that the configuration lists. Once opened, the set of slots never changes; what is in them
 * may. Thread-safe.
 */
final class Models {
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
      ModelReference reference = ModelReference.of(text, config.models().store());
      ModelSlot slot = new ModelSlot(reference, config, metrics);
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
    Map<String, List<ModelSlot>> opened = opened();
    List<ModelSlot> plain = opened.get(address);
    if (plain != null) {
      return Optional.of(plain.get(0));
    }

    int at = address.lastIndexOf('@');
    if (at < 0) {
      return Optional.empty();
    }

    String alias = address.substring(at + 1);
    return opened.getOrDefault(address.substring(0, at), List.of()).stream()
        .filter(slot -> slot.reference().alias().equals(alias))
        .findFirst();
  }

  /** Returns the slot whose model is of a version, if one is. */
  Optional<ModelSlot> find(String name, String version) {
    String modelVersion = name + "/" + version;
    return opened().getOrDefault(name, List.of()).stream()
        .filter(slot -> slot.current().model().modelVersion().equals(modelVersion))
        .findFirst();
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
