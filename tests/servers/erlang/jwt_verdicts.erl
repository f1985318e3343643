%% Says what EMQX 5.8's token authenticator would say, with the library it uses (jose) and its way of fetching keys.
%%
%% Written after EMQX 5.8's emqx_authn_jwt.erl and emqx_authn_jwks_client.erl. Standard output is one line a token:
%% ok, ignore (the next authenticator is asked) or refused.
-module(jwt_verdicts).
-export([fetch/2, judge/3]).

%% The body of a key set, with EMQX's options: 5 seconds, and a certificate that is verified.
fetch(Url, Authorities) ->
    {ok, _} = application:ensure_all_started(ssl),
    {ok, _} = application:ensure_all_started(inets),
    Tls = [{verify, verify_peer}, {cacertfile, Authorities}, {server_name_indication, host(Url)},
        {customize_hostname_check, [{match_fun, public_key:pkix_verify_hostname_match_fun(https)}]}],
    Options = [{timeout, 5000}, {connect_timeout, 5000}, {ssl, Tls}],
    case httpc:request(get, {Url, [{"connection", "close"}]}, Options, [{body_format, binary}]) of
        {ok, {_Status, _Headers, Body}} -> io:format("body ~s~n", [base64:encode(Body)]);
        {error, _} -> io:format("failed~n")
    end.

host(Url) ->
    maps:get(host, uri_string:parse(Url)).

%% KeysFile: the last key set that could be read, or none. QuestionsFile: {Token, [{Claim, Wanted}]} each.
judge(KeysFile, QuestionsFile, Now) ->
    Keys = keys(KeysFile),
    {ok, Questions} = file:consult(QuestionsFile),
    [io:format("~s~n", [verdict(Token, Keys, Wanted, Now)]) || {Token, Wanted} <- Questions].

keys("none") -> undefined;
keys(File) ->
    {ok, Body} = file:read_file(File),
    try
        {_, Keys} = element(2, jose_jwk:from(jiffy:decode(Body, [return_maps]))),
        Keys
    catch
        _:_ -> undefined
    end.

%% Without keys EMQX's function has no clause, and its chain goes on to the next authenticator.
verdict(_, undefined, _, _) -> ignore;
verdict(_, [], _, _) -> ignore;
verdict(Token, [Key | More], Wanted, Now) ->
    try jose_jws:verify(Key, Token) of
        {true, Payload, _} ->
            Claims = jiffy:decode(Payload, [return_maps]),
            case lists:all(fun(Rule) -> holds(Rule, Claims, Now) end, [exp, nbf | Wanted]) of
                true -> ok;
                false -> refused
            end;
        {false, _, _} -> verdict(Token, More, Wanted, Now)
    catch
        _:_ -> verdict(Token, More, Wanted, Now)
    end.

holds(exp, Claims, Now) -> time(<<"exp">>, Claims, fun(Ends) -> Now < Ends end);
holds(nbf, Claims, Now) -> time(<<"nbf">>, Claims, fun(Begins) -> Begins =< Now end);
holds({Claim, Wanted}, Claims, _) -> maps:find(Claim, Claims) =:= {ok, Wanted}.

time(Claim, Claims, Judge) ->
    case maps:find(Claim, Claims) of
        error -> true;
        {ok, Value} when is_number(Value) -> Judge(Value);
        {ok, Text} when is_binary(Text) ->
            case string:to_integer(Text) of
                {Value, <<>>} -> Judge(Value);
                _ -> false
            end;
        {ok, _} -> false
    end.
