package io.paritree.model.layout;

import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Reads what a store has of aliases. */
public final class FrozenAliases {
  private FrozenAliases() {}

  /** Reads an entry of a journal and writes it again. */
  public static byte[] rewritten(byte[] entry, String where) throws Exception {
    return AliasMove.fromJson(1, where, entry).toJson();
  }

  /**
   * Returns what aliases require.
   *
   * @param model the directory that has {@code promotion.json}
   */
  public static Map<String, List<String>> requirements(Path model) throws Exception {
    Location location = Location.of(model.toString());
    return GuardedAliases.of(FileStore.of(location, Map.of()), location).requirements();
  }
}
