package io.paritree.model.layout;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.Documents;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.UnfitFileException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The aliases of a model that only {@code model promote} moves, and what each requires: the file
 * {@code <store>/<name>/promotion.json}, which people write. Immutable and thread-safe.
 *
 * @param requirements rules by alias
 */
public record GuardedAliases(Map<String, List<String>> requirements) {
  /** The name of the file. */
  public static final String FILE = "promotion.json";

  private static final int MAX_BYTES = 1 << 20;

  private record Document(Map<String, Guard> aliases) {
    private Document {
      for (String alias : aliases.keySet()) {
        if (!ModelName.isAlias(alias)) {
          throw new IllegalArgumentException(
              "no alias can be called '%s'; expected %s, and not only digits"
                  .formatted(Fault.printable(alias), ModelName.RULE));
        }
      }
    }
  }

  private record Guard(List<String> require) {}

  /**
   * Reads the file of a model; without one, no alias is guarded.
   *
   * @throws CorruptModelException if it is there and says something else
   */
  static GuardedAliases of(FileStore files, Location model)
      throws CorruptModelException, IOException {
    Location file = model.resolve(FILE);
    try {
      byte[] content = files.readAtMost(model, file, MAX_BYTES);
      Map<String, List<String>> requirements = new TreeMap<>();
      Documents.STRICT
          .read(Document.class, file.toString(), content)
          .aliases
          .forEach((alias, guard) -> requirements.put(alias, guard.require));
      return new GuardedAliases(requirements);
    } catch (NoSuchFileException e) {
      return new GuardedAliases(Map.of());
    } catch (UnfitFileException e) {
      throw new CorruptModelException(
          e.getMessage()
              + "; until it is restored or removed, nobody knows which aliases it guards",
          e);
    } catch (BrokenJsonException e) {
      throw new CorruptModelException(e.getMessage(), e);
    }
  }

  /** Returns what an alias requires; empty if it moves without. */
  public List<String> requirements(String alias) {
    return requirements.getOrDefault(alias, List.of());
  }
}
