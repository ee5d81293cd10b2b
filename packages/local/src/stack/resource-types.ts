import type { Create } from './platform.ts';
import { createAlarm } from './resources/alarms.ts';
import {
  createApplication,
  createConfigurationProfile,
  createDeploymentStrategy,
  createEnvironment,
  createExtension,
  createExtensionAssociation,
} from './resources/app-config.ts';
import { createEventBus, createEventRule } from './resources/events.ts';
import { createApi, createFunction } from './resources/functions.ts';
import { createServerlessStateMachine, createStateMachine } from './resources/state-machines.ts';
import { createBucket, createParameter, createQueue, createTable } from './resources/storage.ts';

/** Resource types that the stack creates. */
export const CREATORS: Readonly<Record<string, Create>> = {
  'AWS::AppConfig::Application': createApplication,
  'AWS::AppConfig::ConfigurationProfile': createConfigurationProfile,
  'AWS::AppConfig::DeploymentStrategy': createDeploymentStrategy,
  'AWS::AppConfig::Environment': createEnvironment,
  'AWS::AppConfig::Extension': createExtension,
  'AWS::AppConfig::ExtensionAssociation': createExtensionAssociation,
  'AWS::CloudWatch::Alarm': createAlarm,
  'AWS::DynamoDB::Table': createTable,
  'AWS::Events::EventBus': createEventBus,
  'AWS::Events::Rule': createEventRule,
  'AWS::S3::Bucket': createBucket,
  'AWS::SQS::Queue': createQueue,
  'AWS::SSM::Parameter': createParameter,
  'AWS::Serverless::Api': createApi,
  'AWS::Serverless::Function': createFunction,
  'AWS::Serverless::StateMachine': createServerlessStateMachine,
  'AWS::StepFunctions::StateMachine': createStateMachine,
};

/** Resource types that have no effect on one machine: what watches, what permits, what an account has once. */
export const INERT_TYPES: ReadonlySet<string> = new Set([
  'AWS::ApiGateway::Account',
  'AWS::ApiGateway::GatewayResponse',
  'AWS::ApiGateway::UsagePlan',
  'AWS::Budgets::Budget',
  'AWS::CloudFormation::WaitConditionHandle',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Events::Archive',
  'AWS::Events::EventBusPolicy',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::IAM::RolePolicy',
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::Logs::ResourcePolicy',
  'AWS::ResourceGroups::Group',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::XRay::Group',
  'AWS::XRay::SamplingRule',
]);
