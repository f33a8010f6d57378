package io.paritree.drift;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonMembers;
import io.paritree.json.JsonText;
import io.paritree.json.StrictJson;
import io.paritree.profile.Profile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How the rows of each value of a column differ from others. Immutable and thread-safe.
 *
 * @param by the column; empty if rows are not divided
 * @param slices in the order of {@link io.paritree.profile.SlicedProfile}
 */
public record SlicedDrift(String by, List<Slice> slices) {
  /** Of rows that are not divided. */
  public static final SlicedDrift NONE = new SlicedDrift("", List.of());

  private static final int MOST_FIELDS = 20;

  /**
   * The rows of a value.
   *
   * @param name the value, or one of the names of {@link io.paritree.profile.SlicedProfile}
   * @param drifts the comparison with each baseline that there is: the reference, and the same
   *     slice of others
   */
  public record Slice(String name, Profile profile, List<Drift> drifts) {
    public Slice {
      drifts = List.copyOf(drifts);
    }

    /** Reads what is written of a slice. */
    public static Slice read(StrictJson json) throws BrokenJsonException {
      List<Profile> profile = new ArrayList<>();
      List<Drift> drifts = new ArrayList<>();
      Map<String, StrictJson.Value> others =
          Map.of(
              "profile", () -> profile.add(Profile.read(json)),
              "baselines", () -> json.list(() -> drifts.add(Drift.read(json))));
      JsonMembers members = new JsonMembers(json, Set.of(), others).read();
      if (profile.isEmpty()) {
        throw json.wrong("a slice with its profile");
      }

      return new Slice(members.text("slice"), profile.get(0), drifts);
    }
  }

  public SlicedDrift {
    slices = List.copyOf(slices);
  }

  /**
   * Writes the members {@code by} and {@code slices}, if there are any. So that a document of many
   * slices stays small, their profiles are written without bins and contributions, and comparisons
   * with the fields that have changed most.
   */
  public void write(JsonGenerator json) throws IOException {
    JsonText.optional(json, "by", by);
    if (!by.isEmpty()) {
      JsonText.objects(json, "slices", slices, slice -> write(slice, json));
    }
  }

  private static void write(Slice slice, JsonGenerator json) throws IOException {
    json.writeStringField("slice", slice.name);
    json.writeObjectFieldStart("profile");
    slice.profile.ofAllRows().write(json);
    json.writeEndObject();
    JsonText.objects(
        json, "baselines", slice.drifts, drift -> drift.ofMostChanged(MOST_FIELDS).write(json));
  }
}
