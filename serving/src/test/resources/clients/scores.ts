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
  const nothing = {} as ParcelLateRecord;
  const batch = await scoring.scoreBatchParcelLate({
    parcelLateRecord: [record, nothing, { weight: 2, distance: null }],
  });
  print('batch', batch.scored, batch.refused);
  print('first', batch.results[0].score, batch.results[0].label);
  print('second', batch.results[1].errors![0].code);
  print('third', batch.results[2].score);
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
  print('row', (await stored.getParcelsRow({ parcelId: '7', day: '1' })).score);
  print('history', (await stored.getParcelsRowHistoryOfKey({ key: '7', limit: 1 })).history.length);
  print('row history', (await stored.getParcelsRowHistory({ parcelId: '7' })).history.length);
  const lookedUp = await stored.lookUpParcels({ storedKeys: { keys: ['7', '8'] }, day: '2' });
  print('found', lookedUp.found);

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
  print('live', (await new HealthApi(configuration).live()).live);
  try {
    await scoring.scoreParcelLate({ parcelLateRecord: { ...record, distance: -5 } });
  } catch (error) {
    const response = (error as ResponseError).response;
    print('refused', response.status, (await response.text()).includes('out_of_range'));
  }
}

main();
