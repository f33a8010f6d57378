package io.paritree.replay;

import io.paritree.model.RecordedModels;
import io.paritree.record.MalformedJsonException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The models that lines name, each found once. Thread-safe. */
final class ReplayedModels {
  /** The message of a line that is read as a document of its own. */
  private static final Pattern MESSAGE =
      Pattern.compile("^Cannot read the JSON document: (.*), at line 1, (column [0-9]+)$");

  private final List<RecordedModels> stores;
  private final Map<RecordedModels.Recorded, Known> known = new HashMap<>();

  /**
   * A model that a line names.
   *
   * @param model scores its lines; null if it is not there
   */
  private record Known(RecordedModels.Found found, ReplayedModel model) {}

  /**
   * @param stores stores, packages or model files
   */
  ReplayedModels(List<String> stores) {
    this.stores = stores.stream().map(store -> new RecordedModels(store, Map.of())).toList();
  }

  /**
   * Scores a line again.
   *
   * @throws UncheckedIOException if a store cannot be read
   */
  ReplayedLine replay(LoggedLine line) {
    try {
      LoggedLine.Members members = line.members();
      Known version = find(members.model());
      LineResult result;
      if (version.found instanceof RecordedModels.Found.Missing missing) {
        result = new LineResult.Incomplete(missing.reason());
      } else if (version.found instanceof RecordedModels.Found.Replaced replaced) {
        result = new LineResult.Replaced(replaced.difference());
      } else if (members.isRefused()) {
        result = new LineResult.Refused();
      } else {
        result = version.model.replay(line, members);
      }

      return result instanceof LineResult.Unreadable unreadable
          ? ReplayedLine.unreadable(line, unreadable.why())
          : new ReplayedLine(line, members, result);
    } catch (MalformedJsonException e) {
      return ReplayedLine.unreadable(
          line, MESSAGE.matcher(e.getMessage()).replaceFirst("$1, at $2"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized Known find(RecordedModels.Recorded model) throws IOException {
    Known version = known.get(model);
    if (version == null) {
      RecordedModels.Found found = search(model);
      version =
          new Known(
              found,
              found instanceof RecordedModels.Found.Same same
                  ? new ReplayedModel(same.model())
                  : null);
      known.put(model, version);
    }

    return version;
  }

  private RecordedModels.Found search(RecordedModels.Recorded model) throws IOException {
    RecordedModels.Found best = null;
    for (RecordedModels store : stores) {
      RecordedModels.Found found = store.find(model);
      if (found instanceof RecordedModels.Found.Same) {
        return found;
      } else if (best == null || found instanceof RecordedModels.Found.Replaced) {
        best = found;
      }
    }

    return best;
  }
}
