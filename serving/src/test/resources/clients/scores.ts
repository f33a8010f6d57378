/** Uses a generated client as its users do; prints what it reads. */
import {
  Configuration,
  HealthApi,
  InputTensorDatatypeEnum,
  MlflowApi,
  ModelsApi,
  OpenInferenceApi,
  ParcelLateRecord,
  ParcelLateRecordZoneEnum,
  ProblemFromJSON,
  ResponseError,
  ScoringApi,
  StoredScoresApi,
} from './index';

declare const process: { argv: string[] };

function print(what: string, ...values: unknown[]): void {
  console.log([what, ...values].join('\t'));
}

async function main(): Promise<void> {
  const configuration = new Configuration({
    basePath: process.argv[2],
    accessToken: process.argv[3],
  });
  const scoring = new ScoringApi(configuration);
  const record: ParcelLateRecord = {
    distance: 1200.5,
    weight: -0.5,
    express: true,
    carrier: 'Zürich Post',
    zone: ParcelLateRecordZoneEnum.NUMBER_30,
    departure: '2026-01-15T08:30:00',
  };
  const late = await scoring.scoreParcelLate({
    parcelLateRecord: record,
    margin: true,
    xRequestId: 'mine',
  });
  print('late', late.score, late.label, late.margin, late.model);
  const explained = await scoring.scoreParcelLate({
    parcelLateRecord: record,
    reasons: 2,
    direction: 'both',
  });
  print('reasons', explained.reasons!.fields.length, explained.reasons!.fields[0].field);
  const batch = await scoring.scoreBatchParcelLate({
    parcelLateRecord: [record, { weight: 1, distance: -5 }, { weight: 2, distance: null }],
  });
  print('batch', batch.scored, batch.refused);
  print('first', batch.results[0].score, batch.results[0].label);
  print('second', batch.results[1].errors![0].code);
  print('third', batch.results[2].score);
  const reasoned = await scoring.scoreBatchParcelLate({
    parcelLateRecord: [record],
    key: 'carrier',
    reasons: 1,
    direction: 'down',
  });
  print('batch reasons', reasoned.results[0].key, reasoned.results[0].reasons!.fields.length);
  const alias = await scoring.scoreParcelLateByAlias({ alias: 'champion', parcelLateRecord: record });
  print('alias', alias.score);
  const version = await scoring.scoreParcelLateByVersion({ version: '1', parcelLateRecord: record });
  print('version of model', version.score);
  const parcel = await scoring.scoreParcelClass({ parcelClassRecord: { weight: -0.5 } });
  print('class', parcel.scores['medium']);
  const awkward = await scoring.scoreAwkward({ awkwardRecord: { gre: 0.5, city: 'Москва' } });
  print('awkward', awkward.score);

  const models = new ModelsApi(configuration);
  print('models', (await models.listModels()).models.length);
  print('card', (await models.getModel({ name: 'parcel-late@champion' })).features.length);
  const stored = new StoredScoresApi(configuration);
  const table = await stored.getScores({ table: 'parcels' });
  print('stored', (await stored.listScores({})).scores.length, table.rows);
  print('row of key', (await stored.getParcelsRowOfKey({ key: '7' })).score);
  print('row of partition', (await stored.getParcelsRowOfKey({ key: '7', day: '1' })).score);
  print('row', (await stored.getParcelsRow({ parcelId: '7', day: '1' })).score);
  print('history', (await stored.getParcelsRowHistoryOfKey({ key: '7', limit: 1 })).history.length);
  print('row history', (await stored.getParcelsRowHistory({ parcelId: '7' })).history.length);
  const lookedUp = await stored.lookUpParcels({ storedKeys: { keys: ['7', '8'] }, day: '2' });
  print('found', lookedUp.found, lookedUp.results[1].error!.code);
  const compared = await stored.compareParcelsRowOfKey({
    key: '7',
    day: '2',
    requestBody: { weight: -0.5 },
  });
  print('compare', compared.sameBits, compared.cause, compared.now.score);
  const row = await stored.compareParcelsRow({ parcelId: '7', requestBody: { weight: -0.5 } });
  print('row compare', row.cause);
  try {
    await stored.getParcelsRowOfKey({ key: '9' });
  } catch (error) {
    const problem = ProblemFromJSON(await (error as ResponseError).response.json());
    print('absent', problem.status, problem.type);
  }

  const inferred = await new OpenInferenceApi(configuration).infer({
    name: 'parcel-late',
    inferenceRequest: {
      inputs: [{ name: 'weight', datatype: InputTensorDatatypeEnum.Fp64, shape: [1], data: [2] }],
    },
  });
  print('infer', inferred.outputs[0].data[0]);
  const mlflow = new MlflowApi(configuration);
  const invoked = await mlflow.invocations({ mlflowRequest: { dataframeRecords: [{ ...record }] } });
  print('invocations', invoked.predictions[0]);
  print('version', await mlflow.version());
  const inference = new OpenInferenceApi(configuration);
  print(
    'rest',
    (await models.getModelVersion({ name: 'parcel-late', version: '1' })).name,
    (await inference.inferenceServer()).name,
    (await inference.inferenceModels()).models.length,
    (await inference.inferenceModel({ name: 'parcel-late' })).inputs.length,
    (await inference.inferenceModelReady({ name: 'parcel-late' })).ready,
    (await inference.inferenceReady()).ready,
    (await new HealthApi(configuration).ready()).ready,
    (await mlflow.health()).trim() === '',
    (await models.openApi()) !== null,
  );
  print('ping', (await mlflow.ping()).trim() === '');
  print('live', (await new HealthApi(configuration).live()).live);
  try {
    await scoring.scoreParcelLate({ parcelLateRecord: { ...record, distance: -5 } });
  } catch (error) {
    const response = (error as ResponseError).response;
    const problem = ProblemFromJSON(await response.json());
    print('refused', response.status, problem.type, problem.errors![0].code);
  }
}

main();
