//! Parameters that are refused before anything is sent, and the known regions.

use crate::support::{HELLO, emit, settings};
use scf_invoke_core::request::event::Event;
use scf_invoke_core::request::invocation::{
    Action, Invocation, InvocationError, InvocationType, LogType, Parameter,
};
use scf_invoke_core::request::region::{Endpoint, Region};
use scf_invoke_core::request::{RequestError, Settings, SettingsError};

#[test]
fn wrong_parameters_are_refused_each_with_its_own_error() {
    let long_name = "a".repeat(61);
    let long_key = format!("{{\"k\":\"{}\"}}", "v".repeat(1017));
    let fitting_key = format!("{{\"k\":\"{}\"}}", "v".repeat(1016));
    let cases = [
        (Invocation::new(""), InvocationError::FunctionNameMissing),
        (Invocation::new(&long_name), InvocationError::FunctionName),
        (Invocation::new("1hello"), InvocationError::FunctionName),
        (Invocation::new("hello-"), InvocationError::FunctionName),
        (Invocation::new("hello_"), InvocationError::FunctionName),
        (Invocation::new("he llo"), InvocationError::FunctionName),
        (Invocation::new("héllo"), InvocationError::FunctionName),
        (Invocation::new("hello\n"), InvocationError::FunctionName),
        (HELLO.qualifier(""), InvocationError::Empty(Parameter::Qualifier)),
        (HELLO.qualifier("a\r\nb"), InvocationError::Control(Parameter::Qualifier)),
        (HELLO.namespace("\u{0}"), InvocationError::Control(Parameter::Namespace)),
        (HELLO.namespace("\u{1f}"), InvocationError::Control(Parameter::Namespace)),
        (HELLO.namespace("\u{7f}"), InvocationError::Control(Parameter::Namespace)),
        (HELLO.namespace("\u{80}"), InvocationError::Control(Parameter::Namespace)),
        (HELLO.namespace("\u{9f}"), InvocationError::Control(Parameter::Namespace)),
        (HELLO.namespace(""), InvocationError::Empty(Parameter::Namespace)),
        (HELLO.routing_key("{\"k\":\"v\"}\n"), InvocationError::Control(Parameter::RoutingKey)),
        (HELLO.routing_key(""), InvocationError::Empty(Parameter::RoutingKey)),
        (HELLO.routing_key("[]"), InvocationError::RoutingKey),
        (HELLO.routing_key("{\"k\":1}"), InvocationError::RoutingKey),
        (HELLO.routing_key("{\"k\":{\"k\":\"v\"}}"), InvocationError::RoutingKey),
        (HELLO.routing_key("{\"k\":\"v\""), InvocationError::RoutingKey),
        (HELLO.routing_key(&long_key), InvocationError::RoutingKeyTooLong(1025)),
        (
            HELLO.invocation_type(InvocationType::Event).log_type(LogType::Tail),
            InvocationError::LogTypeOfEvent,
        ),
        (
            HELLO.action(Action::InvokeFunction).invocation_type(InvocationType::Event),
            InvocationError::EventOfInvokeFunction,
        ),
    ];
    for (invocation, expected) in cases {
        assert_eq!(invocation.check(), Err(expected));
        let error = emit(&settings(), &invocation, Event::none(), 512).unwrap_err();
        assert_eq!(error, RequestError::Invocation(expected));
        assert!(!error.to_string().is_empty());
    }
    for name in ["a", "Z9", "a-b_c", &"a".repeat(60)] {
        assert_eq!(Invocation::new(name).check(), Ok(()));
    }
    // Beside the control characters, and with bytes of theirs in another place.
    for namespace in [" ", "~", "\u{a0}", "\u{e9}", "\u{105}", "\u{4e85}"] {
        assert_eq!(HELLO.namespace(namespace).check(), Ok(()), "{namespace:?}");
    }
    assert_eq!(HELLO.routing_key(&fitting_key).check(), Ok(()));
    assert_eq!(HELLO.routing_key("{}").check(), Ok(()));
}

#[test]
fn wrong_settings_are_refused() {
    let region = Region::AP_GUANGZHOU;
    let long = "x".repeat(129);
    let cases = [
        (Settings::new(region, ""), SettingsError::Host),
        (Settings::new(region, "SCF.tencentcloudapi.com"), SettingsError::Host),
        (Settings::new(region, "a\r\nX-Evil: 1"), SettingsError::Host),
        (Settings::new(region, "a/b"), SettingsError::Host),
        (settings().path("relay"), SettingsError::Path),
        (settings().path("/a b"), SettingsError::Path),
        (settings().path("/a?b"), SettingsError::Path),
        (settings().request_client(""), SettingsError::RequestClient),
        (settings().request_client("a b"), SettingsError::RequestClient),
        (settings().request_client(&long), SettingsError::RequestClient),
        (settings().trace_id("a\n"), SettingsError::TraceId),
        (settings().trace_id(&long), SettingsError::TraceId),
    ];
    for (settings, expected) in cases {
        let error = emit(&settings, &HELLO, Event::none(), 512).unwrap_err();
        assert_eq!(error, RequestError::Settings(expected));
        assert!(!error.to_string().is_empty());
    }
    for wrong in ["", "AP-GUANGZHOU", "ap guangzhou", "ap-\n", &"a".repeat(33)] {
        assert_eq!(Region::new(wrong), None);
    }
}

#[test]
fn regions_and_endpoints_are_the_documented_ones() {
    let documented = "ap-bangkok, ap-beijing, ap-chengdu, ap-chongqing, ap-guangzhou, \
         ap-hongkong, ap-mumbai, ap-seoul, ap-shanghai, ap-shanghai-fsi, ap-shenzhen-fsi, \
         ap-singapore, ap-tokyo, eu-frankfurt, na-ashburn, na-siliconvalley, na-toronto, \
         sa-saopaulo";
    let ours: Vec<_> = Region::ALL.iter().map(|region| region.name()).collect();
    assert_eq!(ours.join(", "), documented);
    let region = Region::AP_SHENZHEN_FSI;
    for (endpoint, host) in [
        (Endpoint::default_for(region), "scf.ap-shenzhen-fsi.tencentcloudapi.com"),
        (Endpoint::default_for(Region::AP_TOKYO), "scf.tencentcloudapi.com"),
        (Endpoint::Regional, "scf.ap-shenzhen-fsi.tencentcloudapi.com"),
        (Endpoint::International, "scf.intl.tencentcloudapi.com"),
        (Endpoint::Internal, "scf.internal.tencentcloudapi.com"),
    ] {
        assert_eq!(endpoint.host("scf", region).unwrap(), host);
    }
    assert_eq!(Endpoint::Global.host(&"s".repeat(80), region), None);
}
