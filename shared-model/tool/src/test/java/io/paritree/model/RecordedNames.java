package io.paritree.model;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.XGBoost;

/**
 * Parcel models whose files record the categories of {@code carrier} and {@code zone}, as XGBoost
 * does for data frames: made of a trained file by writing these and the version into it.
 */
public final class RecordedNames {
  private static final String NUMBER = "{\"offsets\":[],\"values\":[]}";
  private static final String ZONES = "{\"type\":13,\"values\":[10,20,30,7]}";
  private static final String EMPTY =
      "\"cats\":{\"enc\":[],\"feature_segments\":[],\"sorted_idx\":[]}";

  private RecordedNames() {}

  /**
   * Returns a file in JSON with names of carriers as XGBoost 3.1 to 3.3 writes those of a pandas
   * frame: lengths in characters, and as many bytes as characters.
   */
  public static byte[] cut(String version, List<String> carriers) {
    int[] offsets = new int[carriers.size() + 1];
    for (int code = 0; code < carriers.size(); code++) {
      String name = carriers.get(code);
      offsets[code + 1] = offsets[code] + name.codePointCount(0, name.length());
    }

    byte[] all = String.join("", carriers).getBytes(StandardCharsets.UTF_8);
    return json(version, offsets, Arrays.copyOf(all, offsets[carriers.size()]));
  }

  /** Returns a file in JSON with names as every version writes those of Arrow and Polars. */
  public static byte[] whole(String version, List<String> carriers) {
    int[] offsets = new int[carriers.size() + 1];
    for (int code = 0; code < carriers.size(); code++) {
      offsets[code + 1] =
          offsets[code] + carriers.get(code).getBytes(StandardCharsets.UTF_8).length;
    }

    return json(version, offsets, String.join("", carriers).getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] json(String version, int[] offsets, byte[] values) {
    String names = "{\"offsets\":%s,\"values\":%s}".formatted(text(offsets), text(values));
    List<String> enc = new ArrayList<>();
    for (String type : TestRecords.FEATURE_TYPES) {
      String categories = enc.size() == 3 ? names : ZONES;
      enc.add(type.equals("c") ? categories : NUMBER);
    }

    int end = 4 + offsets.length - 1;
    int[] segments = {0, 0, 0, 0, offsets.length - 1, end, end, end};
    List<Integer> order = new ArrayList<>();
    for (int code = 0; code < offsets.length - 1; code++) {
      order.add(code);
    }

    order.addAll(List.of(3, 0, 1, 2));
    String cats =
        "\"cats\":{\"enc\":%s,\"feature_segments\":%s,\"sorted_idx\":%s}"
            .formatted(enc, text(segments), order);
    String json = new String(saved(plain(), "json"), StandardCharsets.UTF_8);
    if (!json.contains(EMPTY) || !json.contains("\"version\":[3,4,0]")) {
      throw new IllegalStateException("No place for categories or version: " + json.length());
    }

    return json.replace(EMPTY, cats)
        .replace("\"version\":[3,4,0]", "\"version\":" + version)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Returns a model in UBJSON, as XGBoost 3.4 writes what it has read, with its own version. */
  public static byte[] resaved(byte[] json) {
    return saved(json, "ubj");
  }

  /** Returns a model in UBJSON with the minor version that it had in JSON. */
  public static byte[] ubjson(byte[] json, int minor) {
    byte[] file = resaved(json);
    byte[] key = "version[#L".getBytes(StandardCharsets.US_ASCII);
    for (int at = file.length - key.length; at > 0; at--) {
      if (Arrays.equals(file, at, at + key.length, key, 0, key.length)) {
        int numbers = at + key.length + Long.BYTES;
        ByteBuffer three = ByteBuffer.wrap(file, numbers, 6);
        if (three.get() != 'i' || three.get() != 3 || three.get() != 'i' || three.get() != 4) {
          throw new IllegalStateException("Another version at byte " + numbers);
        }

        file[numbers + 3] = (byte) minor;
        return file;
      }
    }

    throw new IllegalStateException("No version");
  }

  private static byte[] plain() {
    return TestPackages.parcelModel("binary:logistic", 20);
  }

  private static byte[] saved(byte[] model, String format) {
    try {
      Booster booster = XGBoost.loadModel(new ByteArrayInputStream(model));
      byte[] file = booster.toByteArray(format);
      booster.dispose();
      return file;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(int[] numbers) {
    return Arrays.toString(numbers).replace(" ", "");
  }

  private static String text(byte[] numbers) {
    return Arrays.toString(numbers).replace(" ", "");
  }
}
