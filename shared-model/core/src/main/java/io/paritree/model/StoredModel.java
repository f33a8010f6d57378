package io.paritree.model;

import io.paritree.CorruptModelException;
import io.paritree.model.layout.ModelStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a store has of one model.
 *
 * @param versions ascending
 * @param aliases the version that each names
 * @param problems why other aliases name none, in sentences with places
 */
public record StoredModel(
    List<Long> versions, SortedMap<String, Long> aliases, List<String> problems) {
  public StoredModel {
    versions = List.copyOf(versions);
    aliases = Collections.unmodifiableSortedMap(new TreeMap<>(aliases));
    problems = List.copyOf(problems);
  }

  /** Reads what a store has of a model; nothing if there is no such model. */
  public static StoredModel read(ModelStore store, String name) throws IOException {
    SortedMap<String, Long> aliases = new TreeMap<>();
    List<String> problems = new ArrayList<>();
    for (String alias : store.aliases(name)) {
      try {
        aliases.put(alias, store.alias(name, alias));
      } catch (CorruptModelException | IOException e) {
        problems.add(e.getMessage());
      }
    }

    return new StoredModel(store.versions(name), aliases, problems);
  }

  /**
   * Reads what the store of a version has of its model.
   *
   * @param location of the version, where {@link ModelFiles#locate} has found it in a store
   */
  public static StoredModel around(String location) throws IOException {
    Location model = Location.of(location).parent();
    return read(new ModelStore(model.parent()), model.name());
  }
}
