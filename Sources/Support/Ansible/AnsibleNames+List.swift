// swift-format-ignore-file
// Written by scripts/ansible-names. A text and no resource: the compiler takes minutes for a resource of this size.

extension AnsibleNames {
    /// A line `module ansible.builtin`, and the names below it; see `Table`.
    static let list = """
# ansible-core 2.19.14, ansible 12.3.0; made by scripts/ansible-names
module amazon.aws
  autoscaling_group Q_info Linstance T_info Urefresh Zsh_info aws_az_info* Dcaller_info* Dkms G_info Dregion_info* Ds3
  F_bucket_info backup_plan K_info Grestore_job_info Gselection P_info Gtag J_info Gvault L_info cloudformation*
  N_info* Etrail* J_info Ewatch_metric_alarm W_info Jevent_rule* Jlogs_log_group* X_info* Ymetric_filter* ec2_ami*
  G_info* Esg G_info Jstance_refresh X_info Ddedicated_host R_info Deip* G_info* Elb_lb Eni* G_info* Dgroup I_info
  Dimport_image P_info Enstance* L_info* Dkey* G_info Dlaunch_template* S_info Dmetadata_facts* Gric_alarm
  Dplacement_group* S_info* Dsecurity_group R_info Enapshot* L_info* Epot_instance Q_info Dtag* G_info*
  Eransit_gateway* S_info* Tvpc_attachment Ztachment_info Dvol* G_info* Epc_dhcp_option* S_info* Hegress_igw* R_info
  Indpoint* P_info* Qservice_info Higw* K_info* Hnacl* L_info* Jt_gateway* S_info* Iet* K_info* Hpeer Ling O_info*
  Hroute_table* S_info* Hsubnet* N_info* Hvgw* K_info* Ipn* K_info* elb_application_lb* R_info* Dclassic_lb* N_info*
  execute_lambda iam_access_key N_info Dgroup* Dinstance_profile T_info Dmanaged_policy* Efa_device_info*
  Dpassword_policy* Eolicy* J_info* Drole* H_info* Duser* H_info* kms_key G_info lambda* F_alias* Gevent* Hxecute
  Ginfo* Glayer L_info Gpolicy* rds_cluster K_info Lparam_group W_info Lsnapshot Dengine_versions_info
  Dglobal_cluster_info Dinstance* L_info* Mparam_group X_info Msnapshot Doption_group P_info Dsnapshot_info*
  Eubnet_group* route53* G_health_check* Hinfo* Hkey_signing_key Hzone* s3_bucket* I_info Cobject I_info
  sts_assume_role*
module ansible.builtin
  aci_intf_policy_fc Pl2 Qldp Pmcp Pport_channel Usecurity add_host apt C_key Drepository assemble Drt Bync_status
  aws_acm G_info Epi_gateway Fplication_scaling_policy Dbatch_compute_environment Jjob_definition Nqueue Dcodebuild
  Hcommit Hpipeline Fnfig_aggregation_authorization Sor Kdelivery_channel Krecorder Lule Ddirect_connect_connection
  Sgateway Slink_aggregation_group Svirtual_interface Deks_cluster Elasticbeanstalk_app Dglue_connection Ijob
  Dinspector_target Dkms G_info Ds3 F_bucket_info Gcors Eecret Fs_identity P_policy Hrule_set Egw_info
  Esm_parameter_store Etep_functions_state_machine Zachine_execution Dwaf_condition Hinfo Hrule Hweb_acl
  bigip_device_facts Fiapplx_package Fsecurity_address_list Oport_list Ftraffic_group blockinfile cisco_spark
  cloudfront_info Escale_floating_ip Kserver Q_group Kvolume command Bpy cron cs_instance_facts Czone_facts
  deb822_repository Cconf Cug dnf C5 dpkg_selections ec2_asg G_info Hlifecycle_hook Delb G_lb Dgroup I_info Dlc F_find
  Ginfo Dmetric_alarm Dscaling_policy Dvpc_peer execute_lambda Bpect fail fetch file Bnd gather_facts
  gcp_bigquery_dataset_facts Mtable_facts Dcloudbuild_trigger_facts Eompute_address_facts Lbackend_bucket_facts
  Tservice_facts Ldisk_facts Lfirewall_facts Morwarding_rule_facts Lglobal_address_facts Sforwarding_rule_facts
  Lhealth_check_facts Mttp_health_check_facts Ps_health_check_facts Limage_facts Mnstance_facts Ugroup_facts
  Z_manager_facts Utemplate_facts Nterconnect_attachment_facts Lnetwork_facts Lregion_disk_facts Moute_facts Qr_facts
  Lssl_certificate_facts Ppolicy_facts Mubnetwork_facts Ltarget_http_proxy_facts Ws_proxy_facts Spool_facts
  Sssl_proxy_facts Stcp_proxy_facts Svpn_gateway_facts Lurl_map_facts Lvpn_tunnel_facts Fntainer_cluster_facts
  Nnode_pool_facts Ddns_managed_zone_facts Hresource_record_set_facts Diam_role_facts Hservice_account_facts
  Dpubsub_subscription_facts Ktopic_facts Dredis_instance_facts Fsourcemanager_project_facts
  Dsourcerepo_repository_facts Epanner_database_facts Linstance_facts Eql_database_facts Hinstance_facts Huser_facts
  Dtpu_node_facts get_url Cent git Chub_webhook_facts Clab_hooks group E_by hcloud_datacenter_info Gfloating_ip R_info
  Gimage_info Glocation_info Gnetwork N_info Grdns Houte Gserver M_info Nnetwork Ntype_info Hsh_key N_info Hubnetwork
  Gvolume M_info hetzner_failover_ip S_info Iirewall P_info hostname import_playbook Grole Gtasks include_role Htasks
  Hvars Btersight_facts iptables k8s_auth known_hosts lineinfile meta mount_facts openssl_certificate S_info os_auth
  Cclient_config Doe_cluster N_template Cflavor_info Eoating_ip Cgroup H_info Cimage H_info Dronic I_inspect Jnode
  Ckeypair Fstone_domain R_info Lendpoint Lrole Lservice Clistener Doadbalancer Cmember Cnetwork Js_info Dova_flavor
  Hhost_aggregate Cobject Cpool Ert G_info Droject J_info Cquota Crecordset Douter Csecurity_group Q_rule Erver
  I_action Jgroup Jinfo Jmetadata Jvolume Dtack Dubnet Is_info Cuser G_group Hinfo Hrole Cvolume I_snapshot Czone
  Bx_say package G_facts Buse ping Bp raw reboot Bplace routeros_command Ifacts rpm_key script service G_facts Bt_fact
  Dstats Cup shell slurp stat subversion systemd G_service Cvinit tempfile Dlate tower_credential P_type Fgroup Fhost
  Finventory O_source Fjob_cancel Jlaunch Kist Jtemplate Jwait Flabel Fnotification Forganization Fproject Frole
  Fsettings Fteam Fuser Fworkflow_launch unarchive uri user Cs_redirected_action validate_argument_spec wait_for
  H_connection yum C_repository
module ansible.builtin.async_status
  ps1
module ansible.builtin.setup
  ps1
module ansible.builtin.slurp
  ps1
module ansible.netcommon
  cli_backup Dcommand* Fnfig* Drestore grpc D_config Eget net_get* Dping* Eut* Cconf* G_config* Hget* Hrpc* Cwork*
  G_resource restconf_config* Iget* telnet*
module ansible.posix
  acl* at* authorized_key* firewalld* I_info mount* patch* rhel_facts Erpm_ostree rpm_ostree_upgrade seboolean*
  Blinux* synchronize* Bsctl*
module ansible.utils
  cli_parse fact_diff update_fact validate
module ansible.windows
  async_status setup slurp win_acl* G_inheritance* Eudit_policy_system* Jrule* Fto_logon Dcertificate_info Pstore*
  Eommand* Gputer_description Fpy* Eredential* Ddhcp_lease Ens_client* Hrecord* Hzone Esc* Denvironment* Eventlog*
  Dfeature* K_info Eile* H_compression Fnd* Frewall* Dget_url* Eroup* I_membership* Dhostname* Hs* Ftfix* Ettp_proxy*
  Dinet_proxy* Dlisten_ports_facts Dmapped_drive* Doptional_feature* Ewner* Dpackage* Fth* Eing* Eowershell
  Eroduct_facts* Dreboot* Fg_stat* Gedit* Gion* Eoute* Dservice* K_info Ehare* Fell* Etat* Dtempfile* Hlate* Eimezone*
  Dupdates* Eri* Eser* H_profile* Iright* Dwait_for* Ehoami*
module arista.eos
  acl_interfaces Cs banner bgp C_address_family Dglobal command Bnfig eapi eos* C_acl_interfaces* Gs* Dbanner*
  Egp_address_family Hglobal Dcommand* Fnfig* Deapi* Dfacts* Dhostname Dinterfaces* Dl2_interfaces* E3_interfaces*
  Eacp* H_interfaces* Fg_interfaces* Eldp* H_global* Iinterfaces* Eogging_global Dntp_global Dospf_interfaces Hv2* I3
  Dprefix_lists Droute_maps Dsnmp_server Etatic_routes* Eystem* Duser* Dvlans* Erf* G_global facts hostname interface
  Is l2_interface Ls l3_interface Ls lacp D_interfaces Bg_interfaces linkagg lldp D_global Einterfaces logging
  G_global ntp_global ospf_interfaces Dv2 E3 prefix_lists route_maps snmp_server static_route Ls system user vlan Ds
  vrf C_global
module awx.awx
  ad_hoc_command N_cancel Owait application bulk_host_create Jdelete Ejob_launch controller_meta credential
  J_input_source Ktype execution_environment Bport group host import instance H_group Bventory I_source P_update
  job_cancel Dlaunch Eist Dtemplate Dwait label license notification_template organization project G_update role
  D_definition Eteam_assignment Euser_assignment schedule settings subscriptions team token Bwer_ad_hoc_command
  T_cancel Uwait Gpplication Fcredential P_input_source Qtype Fexecution_environment Hport Fgroup Fhost Fimport
  Gnstance_group Hventory O_source V_update Fjob_cancel Jlaunch Kist Jtemplate Jwait Flabel Gicense Fmeta
  Fnotification R_template Forganization Fproject M_update Frole Fschedule Gettings Fteam Goken Fuser
  Fworkflow_approval Ojob_template Ze_node Olaunch Onode_wait user workflow_approval Ijob_template U_node Ilaunch
  Inode_wait
module azure.azcollection
  azure_rm_accesstoken_info Lount_info Jdapplication V_info Kgroup P_info Kpassword S_info Kserviceprincipal Zl_info
  Kuser O_info Jfdendpoint T_info Lorigin R_info Rgroup W_info Lroute Q_info Mules Q_info Qet S_info Jks* L_info*
  Lagentpool U_info Uversion_info Lcredentials_info Lupgrade_info Lversion_info* Jpimanagement V_info Vservice
  Zice_info Kpgateway* S_info Llicationfirewallpolicy Zllpolicy_info Tsecuritygroup* Ztygroup_info* Lserviceplan*
  W_info* Jrcssh Jutomationaccount* Z_info* Srunbook Z_info Mscale* R_info* Jvailabilityset* X_info* Jzurefirewall*
  V_info* Ibackupazurevm V_info Opolicy U_info Kstionhost T_info Ktchaccount* U_info Uapplication Zcation_info
  Zcationpackage Zcationpackage_info Upool Y_info Icapacityreservationgroup Zongroup_info Jdnendpoint* T_info*
  Lprofile* S_info* Jognitivesearch X_info Kntainerinstance* Z_info* Rregistry* Z_info* Zreplication Zreplication_info
  Zscopemap Zscopemap_info Ztag Ztag_info Ztoken Ztoken_info Ztokenpassword Zwebhook Zwebhook_info Ksmosdbaccount*
  X_info* Idatafactory T_info Jdosprotectionplan Zn_info Jedicatedhost V_info Kployment* S_info* Kvtestlab* S_info*
  Sarmtemplate_info* Utifact_info* Ztsource* Ztsource_info* Scustomimage* Zmage_info* Senvironment* Zment_info*
  Spolicy* Y_info* Sschedule* Ze_info* Svirtualmachine* Zmachine_info* Znetwork* Znetwork_info* Jiskaccess S_info
  Mencryptionset Z_info Jnsrecordset* U_info* Lzone* P_info* Ieventhub Q_info Jxpressroute U_info Ifirewallpolicy
  W_info Junctionapp* T_info* Igallery* P_info* Pimage* U_info* Uversion* Zon_info* Ihdinsightcluster* Y_info*
  Jostgroup R_info Iimage* N_info* Nsku_info Jotdevice* R_info* Rmodule* Lhub* O_info* Oconsumergroup* Jpgroup P_info
  Ikeyvault* Q_info* Qcertificate Zte_info Qkey* T_info* Qsecret* W_info Turitydomain Iloadbalancer* U_info*
  Kcalnetworkgateway Zay_info Lk* M_info* Kganalyticsworkspace* Zpace_info* Imanageddisk* T_info* Omentgroup X_info
  Kriadbconfiguration* Zion_info* Pdatabase* X_info* Pfirewallrule* Zle_info* Pserver* V_info* Jonitoractiongroups
  Zps_info Tvitylogalerts Zgalerts_info Pdatacollectionendpoint Ztionendpoint_info Ztionruleassociation
  Ztionruleassociation_info Ztionrules Ztionrules_info Qiagnosticsetting Zsetting_info Plogprofile* Pmetricalerts
  Zts_info Pscheduledqueryrules Zueryrules_info Jultiplemanageddisks Jysqlconfiguration* Zn_info* Ndatabase* V_info*
  Nfirewallrule* Z_info* Olexibleconfiguration Ziguration_info Vdatabase Zbase_info Vfirewallrule Zwallrule_info
  Vserver Zer_info Nserver* T_info* Inatgateway S_info Jetworkflowlog W_info Pinterface* Y_info* Pwatcher W_info
  Jotificationhub X_info Iopenshiftmanagedcluster Zluster_info Zlusterkubeconfig_info Zlusterversion_info
  Ipostgresqlconfiguration* Zration_info* Sdatabase* Ze_info* Sfirewallrule* Zlrule_info* Tlexibleadministrator
  Zeadministrator_info Zebackup Zebackup_info Zeconfiguration_info Zedatabase Zedatabase_info Zefirewallrule
  Zefirewallrule_info Zeserver Zeserver_info Zevirtualendpoint Zevirtualendpoint_info Sserver* Y_info*
  Jrivatednsrecordset Zet_info Szone W_info Wlink Zk_info Pendpoint X_info Xconnection Znnection_info Xdnszonegroup
  Zszonegroup_info Plinkservice Ze_info Koximityplacementgroup Ztgroup_info Jublicipaddress* X_info* Qprefix W_info
  Irecoveryservicesvault Zault_info Zaultconfig Zaultconfig_info Kdiscache* S_info* Sfirewallrule*
  Kgistrationassignment Znment_info Udefinition Zition_info Ksource* Q_info* Qgroup* V_info* Qhealthstates_info
  Joleassignment* W_info* Mdefinition* W_info* Kute* N_info Ntable* S_info* Isecuritygroup* V_info* Krvicebus* S_info*
  Squeue* Ssaspolicy* Stopic* Xsubscription* Pendpointpolicy Zlicy_info Zlicydefinition Zlicydefinition_info Jnapshot*
  Q_info Jqldatabase* T_info* Lelasticpool W_info Lfirewallrule* X_info* Lmanagedinstance Ze_info Midatabase V_info
  Oblongtermretentionpolicy Ztentionpolicy_info Pshorttermretentionpolicy Zetentionpolicy_info Lserver* R_info*
  Jshpublickey U_info Jtorageaccount* W_info* Wmanagementpolicy Zagementpolicy_info Pblob* T_info Pshare U_info
  Jubnet* O_info* Lscription_info Itags M_info Jrafficmanager Wendpoint* Zpoint_info* Wprofile* Zfile_info*
  Ivirtualhub S_info Sconnection Zion_info Pmachine* W_info* Wextension* Zension_info* Wimage_info* Wscaleset*
  Zleset_info* Zlesetextension* Zlesetextension_info* Zlesetinstance* Zlesetinstance_info* Xize_info Pnetwork* W_info*
  Wgateway* Zeway_info Zewayconnection Zewayconnection_info Zewaynatrule Zewaynatrule_info Wpeering* Zring_info* Pwan
  S_info Jmbackuppolicy W_info Ksku_info Lsnetworkinterface_info Jpnsite P_info Plink_info Iwebapp* O_info*
  Oaccessrestriction Ziction_info Oslot* Ovnetconnection Zion_info
module check_point.mgmt
  cp_mgmt_abort_get_interfaces Iccess_layer* T_facts* Ts Opoint_name Y_facts Orole* S_facts* Pule* S_facts* Ss
  Osection Idd_api_key Lcentral_license Mustom_trusted_ca_certificate Ldata_center_object Momain Lnat_rule
  Loutbound_inspection_certificate Lrepository_package Mules_batch Lupdatable_object Kress_range* U_facts*
  Jministrator* U_facts* Ipplication_site* X_category* Zategory_facts* Yfacts* Ygroup* Zroup_facts* Krove_session
  Issign_global_assignment* Hbest_practice_facts Hcentral_license_facts Ihange_password_on_next_login
  Jeck_network_feed Nthreat_ioc_feed Mpoint_host W_facts Iluster_members_facts Iompliance_scan Jnnect_cloud_services
  Ip_trusted_ca_certificate_facts Iustom_trusted_ca_certificate_facts Hdata_center_object_facts Mtype_compound_group
  Z_group_facts Rfile_attributes Zributes_facts Wgroup_facts Rgroup W_facts Rkeywords Z_facts Rpatterns Z_facts
  Rtraditional_group Znal_group_facts Rweighted_keywords Z_keywords_facts Ielete_api_key Ocentral_license
  Pustom_trusted_ca_certificate Odata_center_object Pomain Oinfinity_idp Zp_object Onat_rule
  Ooutbound_inspection_certificate Orepository_package Pules_batch Oupdatable_object Iiscard* Lonnect_cloud_services
  Ktribute_cloud_licenses Ins_domain* R_facts* Iomain_facts Opermissions_profile Z_profile_facts
  Iynamic_global_network_object Zwork_object_facts Pobject* V_facts* Hexception_group* W_facts* Jport_management
  Osmart_task Jternal_trusted_ca Za_facts Hget_attachment Linterfaces Lplatform Ilobal_assignment* Y_facts* Iroup*
  M_facts* Nwith_exclusion* Zon_facts* Isn_handover_group Z_facts Hha_full_sync Iost* L_facts* Ls Ittps_layer S_facts
  Nrule R_facts Nsection Hidentity_provider Y_facts Qtag T_facts Jp_administrator_group Zgroup_facts
  Lto_domain_assignment_facts If_map_server U_facts Import_management Ooutbound_inspection_certificate Osmart_task
  Infinity_idp_facts Uobject_facts Jstall_database Plsm_policy Tsettings Ppolicy* Psoftware_package Jterface Q_facts
  Moperable_device Zce_facts Ips_protection_extended_attribute_facts Hldap_group R_facts Iimit M_facts Iock_object
  Jg_exporter T_facts Kical_server V_facts Ism_cluster S_facts Tprofile_facts Lgateway S_facts Tprofile_facts
  Lrun_script Jv_profile S_facts Hmd_permissions_profile Zfile_facts Js K_facts* Iobile_access_profile_rule
  Zile_rule_facts Zile_section Vrule Z_facts Vsection Oprofile V_facts Iulticast_address_range* Zrange_facts*
  Mple_key_exchanges Znges_facts Hnat_rule P_facts Lsection Ietwork* O_facts* Qeed T_facts Pprobe U_facts
  Hobjects_facts Ipsec_trusted_ca X_facts Iutbound_inspection_certificate_facts Iverride_categorization Zation_facts
  Hpackage* O_facts* Jsscode_profile X_facts Irovisioning_profile_facts Iublish* Jt_file* Hradius_group T_facts
  Oserver U_facts Ieject_session Jnew_scaled_sharing_server_certificate Jpository_package_facts Sscript Y_facts
  Jset_sic Kource_cifs U_facts Qftp T_facts Qmms T_facts Qsmtp U_facts Qtcp T_facts Quri T_facts Vor_qos Zos_facts
  Iun_app_control_update Lips_update* Lscript* Hsecuremote_dns_server Zver_facts Mid_server V_facts Nty_zone* U_facts*
  Jrvice_citrix_tcp Z_facts Qompound_tcp Zcp_facts Pdce_rpc* W_facts* Pgroup* U_facts* Picmp* T6* U_facts* T_facts*
  Pother* U_facts* Prpc* S_facts* Psctp* T_facts* Ptcp* S_facts* Pudp* S_facts* Jssion_facts*
  Jt_anti_malware_update_schedule Mpi_settings Np_control_advanced_settings Xupdate_schedule Lcloud_services
  Mompliance_settings Nntent_awareness_advanced_settings Mp_password_requirements Otrusted_ca_certificate
  Ldefault_administrator_settings Momain Lgateway_global_use Mlobal_domain Sproperties Lha_state
  Mttps_advanced_settings Lidp_default_assignment Pto_domain_assignment Mnternal_trusted_ca Mps_update_schedule
  Llogin_message Rrestrictions Lnat_rule Loutbound_inspection_certificate Lpolicy_settings Lsession
  Mmart_console_idle_timeout Lthreat_advanced_settings Mrust Lvpn_community_remote_access Ihow_access_section
  Nnti_malware_update_schedule Npi_settings Qversions Op_control_advanced_settings Ystatus Yupdate_schedule
  Nzure_ad_content Mchanges Nloud_licenses_usage Sservices Nommands Ppliance_settings
  Ontent_awareness_advanced_settings Np_password_requirements Mdefault_administrator_settings Mgateway_capabilities
  Uglobal_use Ts_and_servers Nlobal_domain Tproperties Mha_state Tus Nttps_advanced_settings Ssection
  Midp_default_assignment Nnternal_trusted_ca Nps_status Qupdate_schedule Mlast_published_session Oyer_structure
  Nogin_message Srestrictions Ps Mmobile_access_profile_section Z_section Mnat_section Mplace_holder Nolicy_settings
  Mservers_and_processes Nmart_console_idle_timeout Noftware_package_details Zages_per_targets Mtask Qs
  Nhreat_advanced_settings Munused_objects Npdatable_objects_repository_content Mvalidations Iimple_cluster V_facts
  Ogateway* V_facts* Imart_task R_facts Strigger_facts Jtp_server S_facts Iubmit_session Kordinate_ca V_facts
  Iyslog_server U_facts Htacacs_group T_facts Oserver U_facts Jg* K_facts* Jsk_facts Iest_sic_status Mtrust
  Ihreat_exception* X_facts* Oindicator* X_facts* Olayer* T_facts* Ts Oprofile* V_facts* Rtection_override* Orule*
  S_facts* Iime* L_facts* Mgroup R_facts Irusted_client V_facts Huninstall_software_package Jlock_administrator
  Oobject Ipdatable_object_facts Me_provisioned_satellites Oupdatable_objects_repository_content Iser L_facts Mgroup
  R_facts Mtemplate U_facts Hverify_management_license Opolicy* Osoftware_package Ioip_domain_h323_gatekeeper
  Zatekeeper_facts Zateway Zateway_facts Tmgcp_call_agent Zall_agent_facts Tsccp_call_manager Zall_manager_facts
  Uip_proxy Zoxy_facts Ipn_community_meshed* Zed_facts* Vremote_access_facts Vstar* Z_facts* Isx_provisioning_tool
  Lrun_operation Hwhere_used Iildcard* P_facts*
module chocolatey.chocolatey
  win_chocolatey* N_config* Ofacts* Peature* Osource*
module cisco.aci
  aci_aaa_certificate_authority Iustom_privilege Hdomain Hkey_ring Hrole Hsecurity_default_settings Ish_auth Huser*
  L_certificate* Mdomain Mrole Eccess_port_block_to_access_port* Pto_interface_policy_leaf_profile* Kspan_dst_group
  Pfilter_group Zup_entry Psrc_group Y_src Zsrc_path Mine_interface_profile Z_profile_to_spine_switch_profile
  Z_selector Qswitch_profile Xselector Lub_port_block_to_access_port* Lwitch_policy_group
  Ftion_rule_additional_communities Pset_as_path Zh_asn Eep* G_to_domain* Kepg Ep* Dbd* F_dhcp_label
  Grogue_exception_mac Gsubnet* Gto_l3out* Jnetflow_monitor_policy Efd_multihop_node_policy
  Egp_address_family_context_policy Hbest_path_policy Hpeer_prefix_policy Hroute_summarization_policy Ir_asn Knode
  Htimers_policy Eulk_static_binding_to_epg Dcloud_ap Kws_provider Jbgp_asn Jcidr Ktx_profile Jepg M_selector
  Kxternal_epg V_selector Jprovider Jregion Jsubnet Jvpn_gateway Jzone Eonfig_export_policy Krollback* Ksnapshot*
  Gtract* L_export Msubject* T_to_filter* Xservice_graph Ddhcp_option O_policy Irelay N_provider Ens_domain Hprofile
  Kvider Eomain* J_to_encap_pool* Nvlan_pool* Dencap_pool* N_range* Fdpoint_tag_ip Qmac Epg* G_monitoring_policy*
  Hsubnet Hto_contract* S_interface Tmaster Kdomain* Huseg_attribute_block_statement Wsimple_statement Esg
  G_contract_master Hepg_selector Hip_subnet_selector Htag_selector Io_contract Dfabric_external_connection_profile
  Trouting_profile Kinterface_policy_group Kleaf_profile Pswitch_assoc Kmanagement_access Zss_https_cipher Knode*
  O_control Pdecommission Kpod N_connectivity_profile Oexternal_tep Opolicy_group Profile Oremote_pool Oselector
  Kscheduler* Lpan_dst_group Psrc_group Y_src Zsrc_node Zsrc_path Mine_profile Qswitch_assoc Lwitch_block
  Rpolicy_group Kwide_settings Eile_remote_path Gter* J_entry* Frmware_group* R_node* Mpolicy* Msource*
  Digmp_interface_policy Enterface_blacklist Nconfig Ndescription Npolicy_bfd X_multihop Ucdp* Ueigrp Ufc* Uhsrp Ul2*
  Veaf_breakout_port_group Zfc_policy_group Zpolicy_group* Zprofile* Zprofile_fex_policy_group Vink_level Vldp* Umcp*
  Uospf* Upim Vort_channel* Zchannel_member Zsecurity* Uspanning_tree Wine_policy_group Vtorm_control
  Nselector_to_switch_policy_leaf_profile* Ep_sla_monitoring_policy Dkey_policy Gchain_policy Dl2out I_extepg
  P_to_contract Jlogical_interface_path Ze_profile Rnode_profile E3out* I_bfd_interface_profile
  Nmultihop_interface_profile Kgp_peer Orotocol_profile Jdhcp_relay_label Jeigrp_interface_profile Kxtepg*
  P_to_contract Msubnet* Jfloating_svi V_path Zh_secondary_ip Wsecondary_ip Jhsrp_group Ointerface_profile
  Osecondary_vip Jinterface S_secondary_ip Jlogical_interface_profile Ze_profile_ospf_policy Ze_vpc_member Rnode
  V_profile Jroute_tag_policy* Jstatic_routes W_nexthop Jto_sr_mpls_infra_l3out E4l7_concrete_device Rinterface
  Ze_attach Ze_attachment Idevice O_selection_if_context Zinterface_context Zpolicy Ilogical_interface
  Ipolicy_based_redirect Zrect_dest Zrect_destination Iredirect_health_group Iservice_graph_template Zplate_abs_conn
  Zplate_abs_connection_conns Zplate_connection Zplate_connection_to_connector Zplate_func_conn
  Zplate_functional_connection Zplate_node Zplate_term_node Dmaintenance_group* U_node* Ppolicy*
  Fnagement_network_instance_profile Ztance_profile_to_contract Ftch_as_path_regex_term Jcommunity_factor Tregex_term
  Tterm Jroute_destination Kule Dnetflow_exporter_policy Lmonitor_policy Tto_exporter Lrecord_policy Eode_block
  Imgmt_epg Q_to_contract Etp_policy Hserver Doob_contract Dpim_route_map_entry Rpolicy Dqos_custom_policy
  Hdot1p_class Iscp_class Drest* Eoute_control_context Rprofile Dsnmp_client O_group Jommunity_policy Ipolicy Iuser
  Etatic_binding_to_epg* Knode_mgmt_address Eubject_label Ewitch_access_config Kfabric_config Kleaf_selector*
  Kpolicy_leaf_profile* Rvpc_protection_group* Eyslog_group Kremote_dest Ksource Gtem J_banner
  Kconnectivity_preference Kendpoint_controls Kglobal_aes_passphrase_encryption Dtaboo_contract* Fg Eenant*
  J_action_rule_profile* Kep_retention_policy* Kspan_dst_group* Psrc_group* Y_src Zto_dst_group* Dvlan_pool*
  M_encap_block* Emm_controller Iredential* Henhanced_lag_policy Huplink N_container Hvswitch_policy Erf*
  G_fallback_route_group Hleak_internal_subnet Hmulticast Ezany_to_contract
module cisco.dnac
  aaa_services_count_info Mid_info Ptrend_analytics Nnfo Mquery R_count Msummary_analytics Mtop_n_analytics Ranalytics
  Nrend_analytics accesspoint_configuration_details_by_task_id_info Llocation_workflow_manager Lworkflow_manager
  Btivities_activity_id_triggered_jobs_count_info Zggered_jobs_info Kcount_info Kid_info Lnfo app_policy_default_info
  Kinfo Mtent_create Kqueuing_profile Z_count_info Z_info Clication_policy_application_set Ztion_set_count_info
  Ztion_set_info Sworkflow_manager Lsets P_count_info Qinfo Lvisibility_network_devices_count_info
  Zwork_devices_disable_app_telemetry Zwork_devices_disable_cbar Zwork_devices_enable_app_telemetry
  Zwork_devices_enable_cbar Zwork_devices_info Ks L_count_info Sv2_info Mhealth_info Minfo Mv2 O_info areas E_info
  assign_device_to_site Gto_site_apply Cociate_site_to_network_profile
  Curance_device_health_score_settings_workflow_manager Jevents_child_events_info Rount_info Qinfo Qquery V_count
  Jget_sensor_test_results_info Jicap_settings_workflow_manager Kssue_workflow_manager Os_count_info Qignore Rnfo
  Qquery V_count Qresolve Qsummary_analytics Qtop_n_analytics Vanalytics Rrend_analytics Qupdate Jtasks_count_info
  Pid_info Qnfo auth_token_create Dentication_import_certificate Zificate_p12 Opolicy_servers Zers_info
  backup_and_restore_workflow_manager Gconfiguration T_info Gnfs_configurations Y_id Zinfo Grestore_executions_id_info
  Zinfo Gstorages_info Fs G_id J_info Krestore Info buildings I_info Jplanned_access_points_info
  Bsiness_sda_hostonboarding_ssid_ippool Zg_ssid_ippool_info Mvirtual_network_summary_info Mwireless_controller_create
  Zroller_delete cisco_imcs J_id M_info Lnfo cli_credential Cent_detail_info Genrichment_details_info Ghealth_info
  Gproximity_info Fs_count_info Hinfo Hquery M_count Hsummary_analytics Htop_n_analytics Manalytics Irend_analytics
  W_id command_runner_run_command Cpliance_check_run Kdevice_by_id_info Rcreate Rdetails_count_info Zinfo Rid_info
  Snfo Rstatus_count_info Bnfiguration_template V_clone Xreate Wdeploy Zloy_status_info Zloy_v2 Wexport_project
  Zort_template Wimport_project Zort_template Xnfo Wproject Zject_info Wversion_create Zsion_info Cnection_modesetting
  V_info create_wired_network_devices_id_config_features_intended_layer2 Cdential_to_site_by_siteid_create_v2
  custom_issue_definitions X_count_info Yinfo device_configs_backup_workflow_manager Murations_export Hredential
  Q_info Ttent Rworkflow_manager Gdetails_info Genrichment_details_info Gfamily_identifiers_details_info Ghealth_info
  Ginterface_by_ip_info Qcount_info Qinfo Rsis_info Qospf_info Greboot_apreboot V_info Iplacement R_count_info Sdeploy
  Sinfo dhcp_services_count_info Nid_info Qtrend_analytics Onfo Nquery S_count Nsummary_analytics Ntop_n_analytics
  Sanalytics Orend_analytics diagnostic_tasks_id_detail_info Tinfo Kvalidation_sets_info Vworkflows Zflows_count_info
  Zflows_info Bsassociate_site_to_network_profile Eterrecovery_system_operationstatus_info Xstatus_info Ccovery
  I_count_info Jdevice_count_info Qinfo Qrange_info Jinfo Ltent Jjob_info Jrange_delete Pinfo Jsummary_info
  Jworkflow_manager dna_command_runner_keywords_info Devent_snmp_config_info Dhealth_score_definitions_count_info
  Dnetwork_devices_query_count Cc_packages_info Daap_management_execution_status_info Bs_services_count_info Mid_info
  Ptrend_analytics Nnfo Mquery R_count Msummary_analytics Mtop_n_analytics Ranalytics Nrend_analytics
  endpoint_analytics_anc_policies_info Scmdb_endpoints Sdictionaries_info Sendpoints Zts_anc_policy_delete
  Zts_anc_policy_update Zts_count_info Zts_info Sprofiling_rules Zng_rules_bulk Zng_rules_count_info Zng_rules_info
  Stasks_info Bergy_clients_count_info Oid_info Pnfo Oquery T_count Gnetwork_devices_count_info Wid_info Xnfo Wquery
  Zry_count Gsites_count_info Mid_info Nnfo Mquery R_count X_info Sinfo Hummary_analytics Gtrend_analytics
  eox_status_device_info Ksummary_info event_api_status_info Grtifact_count_info Oinfo Fconfig_connector_types_info
  Hunt_info Femail_config R_info Finfo Fseries_audit_logs_info Xparent_records_info Xsummary_info Mcount_info Minfo
  Gnmp_config Gubscription R_count_info Sdetails_email_info Z_rest_info Z_syslog_info Semail X_info Sinfo Srest W_info
  Ssyslog Y_info Gyslog_config S_info Fwebhook M_info Es_and_notifications_workflow_manager
  execute_suggested_actions_commands fabric_devices_info_workflow_manager Gsite_health_summaries_count_info
  Zes_id_info Zes_id_trend_analytics_info Zes_info Hummary_info Fs_fabric_id_switch_wireless_setting
  Zireless_setting_info Zireless_setting_reload Rwireless_multicast Z_multicast_info
  feature_templates_wireless_aaa_radius_attributes_configurations Z_aaa_radius_attributes_configurations_id
  Z_aaa_radius_attributes_configurations_id_info Z_advanced_ssid_configurations Z_advanced_ssid_configurations_id
  Z_advanced_ssid_configurations_id_info Z_advanced_ssidconfigurations Z_advanced_ssidconfigurations_id
  Z_advanced_ssidconfigurations_id_info Z_clean_air_configurations Z_clean_air_configurations_id
  Z_clean_air_configurations_id_info Z_dot11ax_configurations Z_dot11ax_configurations_id
  Z_dot11ax_configurations_id_info Z_dot11be_status_configurations Z_dot11be_status_configurations_id
  Z_dot11be_status_configurations_id_info Z_event_driven_r_r_m_configurations Z_event_driven_r_r_m_configurations_id
  Z_event_driven_r_r_m_configurations_id_info Z_event_driven_rrmconfigurations Z_event_driven_rrmconfigurations_id
  Z_event_driven_rrmconfigurations_id_info Z_flex_connect_configurations Z_flex_connect_configurations_id
  Z_flex_connect_configurations_id_info Z_multicast_configurations Z_multicast_configurations_id
  Z_multicast_configurations_id_info Z_rrm_fra_configurations Z_rrm_fra_configurations_id
  Z_rrm_fra_configurations_id_info Z_rrm_general_configurations Z_rrm_general_configurations_id
  Z_rrm_general_configurations_id_info Z_summary_info field_notices_results_network_devices_count_info
  Zork_devices_info Zork_devices_network_device_id_info Zork_devices_network_device_id_notices_count_info
  Zork_devices_network_device_id_notices_id_info Zork_devices_network_device_id_notices_info Wotices_count_info
  Zces_id_info Zces_id_network_devices_count_info Zces_id_network_devices_info
  Zces_id_network_devices_network_device_id_info Zces_info Vtrend_count_info Zd_info Ntrials T_info Qgger_scan
  Ble_import Fnfo Enamespace_files_info Ns_info flexible_report_content_info Pexecute Vions_info Pschedule X_info
  Xs_info Boors F_floor_id_access_point_positions_bulk_change Znt_positions_count_info Znt_positions_info
  Pplanned_access_point_positions_assign_access_point_positions Zcess_point_positions_bulk
  Zcess_point_positions_bulk_change Zcess_point_positions_count_info Zcess_point_positions_id
  Zcess_point_positions_info Ginfo Gsettings O_info Gupload_image global_credential_delete Rinfo Rupdate Rv2 T_info
  Gpool K_info golden_image_create Gtag_image_delete Stails_info health_score_definitions X_bulk_update Yinfo
  http_read_credential Ewrite_credential icap_capture_files_count_info Sid_download_info Vinfo Tnfo Flients_id_stats
  Eradios_id_stats Esettings_configuration_models Zn_models_id_delete_deploy Zn_models_preview_activity_id
  Zn_models_preview_activity_id_deploy Zn_models_preview_activity_id_network_device_status_details_info
  Zn_models_preview_activity_id_network_devices_network_device_id_config
  Zn_models_preview_activity_id_network_devices_network_device_id_config_info Punt_info Ndeploy T_id_delete_deploy
  Pvice_deployments_count_info Zyments_info Ninfo Fpectrum_interference_device_reports_info Nsensor_reports_info
  images_addon_images_count_info Tinfo Gcco_sync Hount_info Gdistribution_server_settings Z_settings_info Hownload Gid
  I_sites_site_id_tag_golden Xuntag_golden Hnfo Gsite_wise_product_names Zames_count_info Zames_info integrate_ise
  Hion_settings_instances_itsm Znces_itsm_info Vtsm_instances_info Ustatus_info Dnt_network_devices_query Zry_count
  Drface_info Jnetwork_device_detail_info Yinfo Yrange_info Joperation_create Jupdate Is_count_info
  Kid_trend_analytics Lnfo Kquery P_count Bventory_intent Jworkflow_manager iot_fabric_rep_rings T_id
  Dnetwork_devices_network_device_id_mrp_rings_count_info Zk_device_id_mrp_rings_id_members_count_info
  Zk_device_id_mrp_rings_id_members_info Zk_device_id_mrp_rings_info Eon_fabric_rep_rings X_id Drep_rings_id_info
  Nquery S_count ipam_global_ip_address_pools Zls_count_info Zls_global_ip_address_pool_id_subpools_count_info
  Zls_global_ip_address_pool_id_subpools_info Zls_id Zls_id_info Zls_info Eserver_setting S_info Fite_ip_address_pools
  Z_count_info Z_id Z_id_info Z_info ise_integration_status_info Dradius_integration_workflow_manager
  Bsues_enrichment_details_info Ginfo itsm_cmdb_sync_status_info Eintegration_events_failed Ziled_info
  lan_automation_count_info Preate Odelete Olog_by_serial_number_info Sinfo Oport_channels Zls_id_add_link Zls_id_info
  Zls_id_remove_link Zls_info Osessions_info Ptatus_info Oupdate U_device Vv2 Ov2 Oworkflow_manager license_deregister
  Jvice_count_info Oderegistration Olicense_details_info Wsummary_info Oregistration Hlast_operation_status_info
  Hregister Jnew Hsetting O_info Imart_account_details_info Itatus_info Hterm_details_info Husage_details_info
  Hvirtual_account_change Xdetails_info maps_export Eimport K_perform Lstart Otus_info Esupported_access_points_info
  netconf_credential Cwork_applications_count_info Uid_trend_analytics Vnfo Usummary_analytics Utrend_analytics
  Hbugs_results_bugs_count_info Zid_info Zid_network_devices_count_info Zid_network_devices_info
  Zid_network_devices_network_device_id_info Zinfo Unetwork_devices_count_info Zrk_devices_info
  Zrk_devices_network_device_id_bugs_count_info Zrk_devices_network_device_id_bugs_id_info
  Zrk_devices_network_device_id_bugs_info Zrk_devices_network_device_id_info Utrend_count_info Z_info Mtrials S_info
  Pgger_scan Hcompliance_workflow_manager Ireate Hdevice N_by_ip_info Rserial_number_info Ochassis_details_info
  Ponfig_count_info Vfiles_count_info Zs_id_download_masked Zs_id_download_unmasked Zs_id_info Zs_info Vinfo
  Vtask_info Vwrite_memory Qunt_info Pustom_prompt Zpt_info Oequipment_info Pxport Ofunctional_capability_info
  Oglobal_polling_interval_info Oimage_updates_count_info Zes_info Ts_activate_bulk Vcount_info Vdistribute_bulk
  Vid_activate Ydistribute Yinfo Yreadiness_checks Wnfo Vvalidation_results_count_info Zdation_results_info Zdations
  Zdations_count_info Zdations_id Zdations_id_info Zdations_info Pnfo Qterface_neighbor_info Ypoe_info
  Qventory_insight_link_mismatch_info Pp_address_info Olexicographically_sorted_info
  Picenses_network_device_id_port_channels_count_info Ztwork_device_id_port_channels_id_info
  Ztwork_device_id_port_channels_info Xsummary_info Qnecard_details_info Omaintenance_schedules Z_schedules_count_info
  Z_schedules_id Z_schedules_id_info Z_schedules_info Qnagement_address_update Peraki_organization_info
  Podule_count_info Vinfo Opoe_info Qlling_interval_info Orange_info Pegister_for_wsa_info Qplacements_id_info Zs_info
  Ostack_details_info Pummary_info Qpervisor_card_details_info Pync Oupdate_role Pser_defined_field Zd_field_delete
  Zd_field_info Zd_field_update Ovlan_info Owireless_lan_info Ns_assigned_to_site_count_info Zo_site_id_info
  Zo_site_info Pcount_info Pdelete_with_cleanup Zhout_cleanup Rvice_controllability_settings
  Ztrollability_settings_info Pid_info Qnfo T_workflow_manager Rtent_count_info Winfo Trfaces_query
  Qssues_remediation_provision Pnetwork_profiles_for_sites Zofiles_for_sites_count_info Zofiles_for_sites_info
  Qot_assigned_to_site_count_info Zed_to_site_info Pquery Presync_interval_settings Zerval_settings_id
  Zerval_settings_id_info Zerval_settings_override Psummary_analytics Ptop_n_analytics Uanalytics Qrend_analytics
  Zytics_id Punassign_from_site_apply Hinfo Hprofile_switching_workflow_manager Pwireless_workflow_manager
  Os_for_sites_profile_id_templates_count_info Z_profile_id_templates_info Z_site_assignments
  Z_site_assignments_bulk_create Z_site_assignments_bulk_delete Z_site_assignments_count_info Z_site_assignments_info
  Hsettings_intent Qworkflow_manager Hupdate Hv2 J_info path_trace J_info Kworkflow_manager planned_access_points
  U_info Ctform_nodes_configuration_summary_info Irelease_summary_info pnp_device J_authorize Kclaim P_to_site
  Lonfig_preview Munt_info Khistory_info Kimport Lnfo Kreset Kunclaim Dglobal_settings S_info Dintent
  Dserver_profile_update Emart_account_domains_info Dvirtual_account_add Tderegister Vvices_sync Tsync_result_info
  Ss_info Dworkflow L_count_info Minfo Mmanager product_names_count_info Ninfo Hseries_info
  Oproduct_series_ordinal_info Cjects H_count_info Idetails_info Iinfo Iproject_id S_info Cvision_intent
  Jworkflow_manager Iing_settings U_info qos_device_interface T_info Y_count_info Dpolicy_setting R_info reports
  G_executions_info Hinfo Hview_group_info Sview_info Hworkflow_manager Bserve_ip_subpool R_create Sdelete Sinfo
  Supdate rma_workflow_manager role_permissions_info Ds E_info sda_anycast_gateways T_count_info Uinfo
  Euthentication_profiles Zs_info Ddevice_info Krole_info Dextranet_policies U_count_info Vinfo Vworkflow_manager
  Dfabric_authentication_profile Zprofile_info Kborder_device X_info Kcontrol_plane_device Zevice_info Kdevices
  R_count_info Sinfo Slayer2_handoffs Zhandoffs_count_info Zhandoffs_info Zhandoffs_ip_transits
  Zhandoffs_ip_transits_count_info Zhandoffs_ip_transits_info Zhandoffs_sda_transits Zhandoffs_sda_transits_count_info
  Zhandoffs_sda_transits_info Yhandoffs Zandoffs_count_info Zandoffs_info Zandoffs_ip_transits
  Zandoffs_ip_transits_count_info Zandoffs_ip_transits_info Zandoffs_sda_transits Zandoffs_sda_transits_count_info
  Zandoffs_sda_transits_info Sworkflow_manager Kedge_device V_info Kmulticast_workflow_manager Ksite O_info Os
  P_count_info Qinfo Qzones_workflow_manager Ktransits_workflow_manager Kvirtual_networks_workflow_manager Kzones
  P_count_info Qinfo Js_vlan_to_ssids_count_info Zfabric_id Zfabric_id_count_info Zfabric_id_info Zinfo
  Dhost_port_onboarding_workflow_manager Dlayer2_virtual_networks Zs_count_info Zs_info Jvirtual_networks Z_count_info
  Z_info I3_virtual_networks Zs_count_info Zs_info Jvirtual_networks Z_count_info Z_info Dmulticast M_info
  Nvirtual_networks Zorks_count_info Zorks_info Dpending_fabric_events_apply Zinfo Eort_assignment_for_access_point
  Zcess_point_info Xuser_device Zer_device_info Ss T_count_info Uinfo Ichannels Q_count_info Rinfo Erovision_device
  T_info Ts U_count_info Vinfo Dsite_member_member_info Dtransit_networks T_count_info Uinfo Dvirtual_network S_info
  Up_pool Zl_info Tv2 V_info security_advisories_devices_info Tids_per_device_info Unfo Tper_device_info
  Tresults_advisories_count_info Zs_advisories_id_info Zs_advisories_id_network_devices_count_info
  Zs_advisories_id_network_devices_info Zs_advisories_id_network_devices_network_device_id_info Zs_advisories_info
  Zs_network_devices_count_info Zs_network_devices_info Zs_network_devices_network_device_id_advisories_count_info
  Zs_network_devices_network_device_id_advisories_id_info Zs_network_devices_network_device_id_advisories_info
  Zs_network_devices_network_device_id_info Zs_trend_count_info Zs_trend_info Tsummary_info Ttrials Z_info Wgger_scan
  Irogue_additional_details Zdetails_count Owireless_containment_start Zntainment_status_info Zntainment_stop
  Iservice_insertion_fabric_sites_readiness_id_info Z_fabric_sites_readiness_info
  Z_fabric_sites_readiness_site_id_virtual_networks_id_info Z_summaries_count_info Z_summaries_info
  Z_system_readiness_info Zs Zs_count_info Zs_id Zs_id_info Zs_info Ithreats_details X_count Qlevel_info
  Qrogue_allowed_list Zowed_list_count_info Zowed_list_info Qsummary Qtype_info Bnsor F_info Gtest_run
  Ltemplate_duplicate Uedit Brvice_provider_create Qinfo Qprofile_delete Qupdate Qv2 S_info site_assign_credential
  Ecount_info Kv2_info Freate Edelete Ehealth_info Lsummaries_count_info Vid_trend_analytics_info Wnfo
  Vsummary_analytics Zary_analytics_info Vtrend_analytics_info Einfo Gtent Ekpi_summaries_count_info Sid_info Tnfo
  Squery X_count Ssummary_analytics Z_analytics_info Stop_n_analytics Znalytics_info Xanalytics Zalytics_info
  Trend_analytics Znalytics_info Emembership_info Eupdate Ev2_info Ewise_images_summary_info Jproduct_names_count_info
  Xinfo Forkflow_manager Ds_aaa_settings R_info Fbanner_settings U_info Gulk Fcount_info Fdevice_credentials X_apply
  Yinfo Ystatus_info Ghcp_settings S_info Gns_settings R_info Fimage_distribution_settings Zettings_info Gnfo
  Fntp_settings R_info Fprofile_assignments_count_info Zinfo Fsite_id_wireless_settings_flex_connect_aaa_override
  Ztings_flex_connect_aaa_override_info Ztings_flex_connect_native_vlan Ztings_flex_connect_native_vlan_info
  Ztings_ssids_id_update Ftelemetry_settings X_info Gime_zone_settings X_info Fwireless_settings_ssids Zids_count_info
  Zids_info snmp_properties O_info Dv2_read_community_credential Gwrite_community_credential E3_credential
  sp_profile_delete_v2 swim_image_details_info Gport_local Lvia_url Fntent Etrigger_activation Mdistribution
  Eworkflow_manager system_health_count_info Ninfo Gissue_definitions_count_info Yid Zd_info Znfo
  Gperformance_historical_info Sinfo Gsettings_ap_pnp_location Zation_info tag C_count_info Dinfo Dmember J_count_info
  Kinfo Ktype_info Jship Cs_interfaces_members_associations_bulk Zsociations_count_info Zsociations_info
  Zsociations_query Enetwork_devices_members_associations_bulk Zrs_associations_count_info Zrs_associations_info
  Zrs_associations_query Eworkflow_manager Bsk_count_info Einfo Eoperation_info Etree_info Ds_count_info Fdetail_info
  Finfo telemetry_settings_apply Bmplate_intent Ipreview Iworkflow_manager Hs_details_info
  Jtemplate_id_network_profiles_for_sites Zork_profiles_for_sites_bulk_create Zork_profiles_for_sites_bulk_delete
  Zork_profiles_for_sites_count_info Zork_profiles_for_sites_info Zork_profiles_for_sites_profile_id_delete
  Vversions_commit Zions_count_info Zions_info Zions_version_id_info thousand_eyes_test_results_count_info Z_info
  Z_trend_analytics_info topology_layer_2_info O3_info Inetwork_health_info Iphysical_info Isite_info
  Ivlan_details_info transit_network_health_summaries_count_info Zmaries_id_info Zmaries_id_trend_analytics_info
  Zmaries_info Hpeer_network T_info Busted_certificates_import
  update_wired_network_devices_id_config_features_intended_layer2 user D_enrichment_details_info Einfo
  Erole_workflow_manager Ds_external_authentication Zion_info Oservers_aaa_attribute Z_attribute_info Winfo
  virtual_network_health_summaries_count_info Zmaries_id_info Zmaries_id_trend_analytics_info Zmaries_info
  wired_campus_automation_workflow_manager Fnetwork_devices_id_config_features_deployed_layer2_feature_count_info
  Zonfig_features_deployed_layer2_feature_info Zonfig_features_intended_layer2_feature
  Zonfig_features_intended_layer2_feature_count_info Zonfig_features_intended_layer2_feature_info
  Zonfig_features_intended_layer2_info Zonfig_features_supported_layer2_info
  Vnetwork_device_id_config_features_intended_configuration_models
  Zork_device_id_config_features_intended_configuration_models_preview_activity_id
  Zork_device_id_config_features_intended_configuration_models_preview_activity_id_config
  Zork_device_id_config_features_intended_configuration_models_preview_activity_id_config_info
  Zork_device_id_config_features_intended_configuration_models_preview_activity_id_deploy
  Zork_device_id_config_features_intended_deploy Zork_device_id_config_features_intended_device_deployments_info
  Zork_device_id_config_features_intended_service_deployments_info Dless_accespoint_configuration
  Ns_points_factory_reset_request_provision Ztory_reset_request_status_info Wprovision Opoint_configuration_count_info
  Zguration_create Zguration_summary_info Icontrollers_anchor_capable_devices_info Zr_managed_ap_locations_info
  Vssign_managed_ap_locations Umanaged_ap_locations_count_info Vesh_ap_neighbours_count_info Zap_neighbours_info
  Unetwork_device_id_ap_authorization_lists_info Zrk_device_id_provision_status_info
  Uprimary_managed_ap_locations_info Wovision Usecondary_managed_ap_locations_info Vsid_details_count_info
  Zdetails_info Uwireless_mobility_groups_count_info Zess_mobility_groups_info Zess_mobility_groups_mobility_provision
  Zess_mobility_groups_mobility_reset Idesign_workflow_manager Jynamic_interface Z_info Ienterprise_ssid X_info
  Iprofile P_info Ps Q_count_info Rid_policy_tags_bulk Zy_tags_count_info Zy_tags_policy_tag_id
  Zy_tags_policy_tag_id_info Usite_tags_bulk Ztags_count_info Ztags_info Ztags_site_tag_id Ztags_site_tag_id_info Snfo
  Lvision_access_point Sdevice_create Zupdate Sssid_create_provision Xdelete_reprovision Jsk_override Irf_profile
  S_info Isensor_test_results_info Kttings_anchor_groups Zroups_count_info Zroups_id Zroups_id_info Zroups_info
  Sp_authorization_lists Zrization_lists_count_info Zrization_lists_id Zrization_lists_id_info Zrization_lists_info
  Uprofiles Zles_count_info Zles_id Zles_id_info Zles_info Rdot11be_profiles Zprofiles_count_info Zprofiles_info
  Rinterfaces Zes_info Rnetwork_device_id_assign_anchor_managed_ap_locations Rpower_profiles Zofiles_count_info
  Zofiles_id Zofiles_id_info Zofiles_info Rrf_profiles Zles_count_info Zles_info Rssids_override_at_sites_info
module cisco.intersight
  intersight_adapter_config_policy Zpolicy_info Kbios_policy V_info Loot_order_policy Zcy_info
  Kcertificate_management_policy Zagement_policy_info Kdevice_connector_policy Zr_policy_info Lrive_security_policy
  Zpolicy_info Kethernet_adapter_policy Zr_policy_info Tnetwork_control_policy Zk_control_policy_info Zk_group_policy
  Zk_group_policy_info Tqos_policy Zlicy_info Kfibre_channel_adapter_policy Zdapter_policy_info Ynetwork_policy
  Zetwork_policy_info Yqos_policy Zos_policy_info Yzone_policy Zone_policy_info Mrmware_policy Z_info
  Llow_control_policy Zlicy_info Kimc_access_policy Lnfo* Lp_pool R_info Mmi_over_lan_policy Zolicy_info Lqn_pool
  S_info Lscsi_adapter_policy Zolicy_info Qboot_policy Zcy_info Qstatic_target_policy Zrget_policy_info Kkvm_policy
  U_info Klan_connectivity_policy Zy_policy_info Ldap_policy V_info Link_aggregation_policy Zn_policy_info
  Pcontrol_policy Zlicy_info Local_user_policy Kmac_pool S_info Nsec_policy X_info Lemory_persistent_policy
  Znt_policy_info Solicy X_info Lulticast_policy Zy_info Knetwork_connectivity_policy Zivity_policy_info Ltp_policy
  Kport_policy V_info Mwer_policy W_info Krest_api* Ksan_connectivity_policy Zy_policy_info
  Lerver_pool_qualification_policy Zlification_policy_info Srofile Lmtp_policy V_info Lnmp_policy V_info Lsh_policy
  U_info Ltorage_policy Y_info Lwitch_control_policy Zpolicy_info Lyslog_policy X_info Ntem_qos_policy Zcy_info
  Ktarget_claim Lhermal_policy Y_info Kuuid_pool T_info Kvhba_template X_info Lirtual_media_policy Llan_policy V_info
  Lnic_template X_info Lsan_policy V_info Kwwn_pool S_info
module cisco.ios
  acl_interfaces Cs banner bgp C_address_family Dglobal command Bnfig evpn_evi Eglobal facts hostname hsrp_interfaces
  interfaces ios* C_acl_interfaces* Gs* Dbanner* Egp_address_family Hglobal Dcommand* Fnfig* Devpn_ethernet Jvi
  Iglobal Dfacts* Dhostname Esrp_interfaces Dinterfaces* Dl2_interfaces* E3_interfaces* Eacp* H_interfaces*
  Fg_interfaces* Eldp_global* Iinterfaces* Eogging_global Dntp_global Dospf_interfaces Hv2* I3 Dping* Erefix_lists
  Droute_maps Dservice Enmp_server Etatic_routes* Eystem* Duser* Dvlans* Erf* G_address_family Hglobal Hinterfaces
  Exlan_vtep l2_interfaces l3_interfaces lacp D_interfaces Bg_interfaces linkagg lldp D_global Einterfaces logging
  G_global ntp_global ospf_interfaces Dv2 E3 ping prefix_lists route_maps service snmp_server static_routes system
  user vlans vrf C_address_family Dglobal vxlan_vtep
module cisco.iosxr
  acl_interfaces Cs banner bgp C_address_family Dglobal Dneighbor_address_family command Bnfig facts hostname
  interface Is iosxr* E_acl_interfaces* Is* Fbanner* Ggp_address_family Jglobal Jneighbor_address_family Jtemplates
  Fcommand* Hnfig* Ffacts* Fhostname Finterfaces* Fl2_interfaces* G3_interfaces* Gacp* J_interfaces* Hg_interfaces*
  Gldp_global* Kinterfaces* Gogging_global Fnetconf* Gtp_global Fospf_interfaces Jv2* K3 Fping Grefix_lists
  Froute_maps Fsnmp_server Gtatic_routes* Gystem* Fuser* Fvrf_address_family Jglobal Jinterfaces l2_interfaces
  l3_interfaces lacp D_interfaces Bg_interfaces lldp_global Einterfaces logging G_global netconf ntp_global
  ospf_interfaces Dv2 E3 prefix_lists route_maps snmp_server static_routes system user vrf_address_family Dglobal
  Dinterfaces
module cisco.meraki
  administered_identities_me_api_keys_generate Z_api_keys_info Z_api_keys_revoke Z_info
  Mlicensing_subscription_entitlements_info Zscription_subscriptions_bind Zscription_subscriptions_claim
  Zscription_subscriptions_claim_key_validate Zscription_subscriptions_compliance_statuses_info
  Zscription_subscriptions_info devices G_appliance_performance_info Rradio_settings Zttings_info Ruplinks_settings
  Zsettings_info Rvmx_authentication_token Hblink_leds Hcamera_analytics_live_info Ocustom_analytics Zytics_info
  Ogenerate_snapshot Oquality_and_retention Z_retention_info Osense T_info Ovideo_link_info Usettings Zngs_info
  Owireless_profiles Zofiles_info Iellular_gateway_lan Zan_info Yport_forwarding_rules Zort_forwarding_rules_info
  Qsims U_info Hinfo Hlive_tools_arp_table Zle_info Scable_test Zest_info Sleds_blink Sping W_device Zvice_info Xinfo
  Sthroughput_test Zput_test_info Swake_on_lan Z_lan_info Ildp_cdp_info Hmanagement_interface Zce_info
  Hsensor_commands W_info Orelationships Zps_info Iwitch_ports T_cycle Uinfo Ustatuses_info Orouting_interfaces
  Zerfaces_dhcp Zerfaces_dhcp_info Zerfaces_info Wstatic_routes Ztic_routes_info Owarm_spare Y_info
  Hwireless_alternate_management_interface_ipv6 Qbluetooth_settings Z_settings_info Qconnection_stats_info
  Qelectronic_shelf_label Zc_shelf_label_info Qlatency_stats_info Qradio_settings Ztings_info Qstatus_info
  meraki_action_batch Hdmin* Hlert Gconfig_template* Gdevice* Gfirewalled_services* Gmanagement_interface
  Hr_l3_firewall* K7_firewall Jradio Kf_profile Jsettings Ksid Hs_access_list Qpolicies Jl3_interface Kink_aggregation
  Jospf Jstack O_l3_interface Lorm_control Kwitchport Hx_content_filtering Jintrusion_prevention Jl2_interface
  K3_firewall* K7_firewall* Jmalware Jnat Ketwork_vlan_settings Jsite_to_site_firewall Wvpn Ktatic_route
  Jthird_party_vpn_peers Juplink_bandwidth Jvlan Gnetwork* N_settings Gorganization* Gsnmp* Hyslog* Gwebhook*
  N_payload_template networks H_alerts_history_info Psettings X_info Jppliance_connectivity_monitoring_destinations
  Zivity_monitoring_destinations_info Vtent_filtering Z_filtering_categories_info Z_filtering_info
  Sfirewall_cellular_firewall_rules Zl_cellular_firewall_rules_info Zl_firewalled_services Zl_firewalled_services_info
  Zl_inbound_firewall_rules Zl_inbound_firewall_rules_info Zl_l3_firewall_rules Zl_l3_firewall_rules_info
  Zl_l7_firewall_rules Zl_l7_firewall_rules_application_categories_info Zl_l7_firewall_rules_info
  Zl_multicast_forwarding Zl_one_to_many_nat_rules Zl_one_to_many_nat_rules_info Zl_one_to_one_nat_rules
  Zl_one_to_one_nat_rules_info Zl_port_forwarding_rules Zl_port_forwarding_rules_info Zl_settings Zl_settings_info
  Sports X_info Trefixes_delegated_statics Zs_delegated_statics_info Srf_profiles Ziles_info Ssdwan_internet_policies
  Tecurity_intrusion Zy_intrusion_info Zy_malware Zy_malware_info Uttings Zs_info Tingle_lan Zlan_info Tsids X_info
  Straffic_shaping Z_shaping_custom_performance_classes Z_shaping_custom_performance_classes_info Z_shaping_info
  Z_shaping_rules Z_shaping_rules_info Z_shaping_uplink_bandwidth Z_shaping_uplink_bandwidth_info
  Z_shaping_uplink_selection Z_shaping_uplink_selection_info Z_shaping_vpn_exclusions Svlans X_info Ysettings
  Zettings_info Tpn_bgp Z_info Wsite_to_site_vpn Ze_to_site_vpn_info Swarm_spare Zare_info Zare_swap Ibind
  Jluetooth_clients_info Icamera_quality_retention_profiles Ztention_profiles_info Pwireless_profiles Zrofiles_info
  Kncel Jellular_gateway_connectivity_monitoring_destinations Zconnectivity_monitoring_destinations_info Zdhcp
  Zdhcp_info Zsubnet_pool Zsubnet_pool_info Zuplink Zuplink_info Jlients_info Qoverview_info Qpolicy W_info Rrovision
  Qsplash_authorization_status Zthorization_status_info Idevices_claim V_vmx Qremove Ievents_event_types_info Pinfo
  Ifirmware_upgrades Z_info Z_rollbacks Z_staged_events Z_staged_events_defer Z_staged_events_info
  Z_staged_events_rollbacks Z_staged_groups Z_staged_groups_info Z_staged_stages Z_staged_stages_info Jloor_plans
  T_auto_locate_jobs_batch Udevices_batch_update Uinfo Igroup_policies W_info Ihealth_alerts_info Iinfo
  Ksight_applications_health_by_time_info Imeraki_auth_users Z_info Jqtt_brokers Inetflow P_info Ipii_pii_keys_info
  Mrequests_delete Vinfo Msm_devices_for_key_info Powners_for_key_info Jolicies_by_client_info Jublish Irecalculate
  Isensor_alerts_current_overview_by_metric_info Woverview_by_metric_info Wprofiles Zfiles_info Pmqtt_brokers Zrs_info
  Prelationships_info Kttings Q_info Jm_bypass_activation_lock_attempts Zion_lock_attempts_info
  Ldevices_cellular_usage_history_info Vrts_info Uheckin Uonnectivity_info Tdesktop_logs_info Vvice_command_logs_info
  Z_profiles_info Tfields Tinfo Vstall_apps Tlock Tmodify_tags Vve Tnetwork_adapters_info Tperformance_history_info
  Treboot Vfresh_details Tsecurity_centers_info Uhutdown Tunenroll Vinstall_apps Twipe Ulan_lists_info Lprofiles_info
  Ltarget_groups Y_info Mrusted_access_configs_info Luser_access_devices_delete Zvices_info Ps_device_profiles_info
  Rinfo Rsoftwares_info Jnmp M_info Jplit Jwitch_access_control_lists Ztrol_lists_info Wpolicies Zicies_info
  Qlternate_management_interface Zmanagement_interface_info Pdhcp_server_policy
  Zr_policy_arp_inspection_trusted_servers Zr_policy_arp_inspection_trusted_servers_info
  Zr_policy_arp_inspection_warnings_by_device_info Zr_policy_info Uv4_servers_seen_info Qscp_to_cos_mappings
  Zs_mappings_info Plink_aggregations Zgations_info Pmtu S_info Pport_schedules Zules_info Pqos_rules_order
  Zorder_info Prouting_multicast Zlticast_info Zlticast_rendezvous_points Zlticast_rendezvous_points_info Xospf
  Zpf_info Psettings X_info Qtacks V_add Winfo Wremove Xouting_interfaces Zting_interfaces_dhcp
  Zting_interfaces_dhcp_info Zting_interfaces_info Zting_static_routes Zting_static_routes_info Rorm_control Zrol_info
  Rp S_info Jyslog_servers W_info Itopology_link_layer_info Jraffic_analysis Y_info
  Qshaping_application_categories_info Ydscp_tagging_options_info Iunbind Ivlan_profiles V_assignments_by_device_info
  Zignments_reassign Winfo Iwebhooks_http_servers Zvers_info Rpayload_templates Ztemplates_info Rwebhook_tests_info
  Jireless_air_marshal_rules Zhal_rules_delete Zhal_rules_update Zhal_settings Slternate_management_interface
  Ze_management_interface_info Rbilling Y_info Sluetooth_settings Zh_settings_info Rchannel_utilization_history_info
  Slient_count_history_info Xs_connection_stats_info Zlatency_stats_info Sonnection_stats_info Rdata_rate_history_info
  Sevices_connection_stats_info Relectronic_shelf_label Zic_shelf_label_configured_devices_info Zic_shelf_label_info
  Sthernet_ports_profiles Z_ports_profiles_assign Z_ports_profiles_info Z_ports_profiles_set_default
  Rfailed_connections_info Rlatency_history_info Zstats_info Rmesh_statuses_info Rrf_profiles Zles_info Rsettings
  Z_info Signal_quality_history_info Ssids W_bonjour_forwarding Znjour_forwarding_info Xdevice_type_group_policies
  Zvice_type_group_policies_info Xeap_override Zp_override_info Xfirewall_l3_firewall_rules
  Zrewall_l3_firewall_rules_info Zrewall_l7_firewall_rules Zrewall_l7_firewall_rules_info Xhotspot20 Ztspot20_info
  Xidentity_psks Zentity_psks_info Ynfo Xschedules Zhedules_info Yplash_settings Zlash_settings_info
  Xtraffic_shaping_rules Zaffic_shaping_rules_info Xvpn Zn_info Rusage_history_info organizations M_action_batches
  Zes_info Odaptive_policy_acls Zicy_acls_info Zicy_groups Zicy_groups_info Zicy_overview_info Zicy_policies
  Zicy_policies_info Zicy_settings Zicy_settings_info Pmins T_info Olerts_profiles Opi_requests_info Z_overview_info
  Z_overview_response_codes_by_interval_info Ppliance_dns_local_profiles Zs_local_profiles_assignments_bulk_create
  Zs_local_profiles_assignments_bulk_delete Zs_local_profiles_assignments_info Zs_local_profiles_info Zs_local_records
  Zs_local_records_info Zs_split_profiles Zs_split_profiles_assignments_bulk_create
  Zs_split_profiles_assignments_bulk_delete Zs_split_profiles_assignments_info Zs_split_profiles_info
  Xfirewall_multicast_forwarding_by_network_info Xsecurity_intrusion Zcurity_intrusion_info
  Xtraffic_shaping_vpn_exclusions_by_network_info Xuplinks_statuses_overview_info Zlinks_usage_by_network_info
  Xvpn_stats_info Zn_third_party_vpnpeers Zn_third_party_vpnpeers_info Zn_vpn_firewall_rules
  Zn_vpn_firewall_rules_info Ossets Qurance_alerts_dismiss Zerts_info Zerts_overview_by_network_info
  Zerts_overview_by_type_info Zerts_overview_historical_info Zerts_overview_info Zerts_restore Nbranding_policies
  Zicies_info Zicies_priorities Zicies_priorities_info Ncamera_boundaries_areas_by_device_info
  Zaries_lines_by_device_info Ucustom_analytics_artifacts Zm_analytics_artifacts_info
  Udetections_history_by_boundary_by_interval_info Upermissions_info Uroles Z_info
  Oellular_gateway_esims_inventory_info Zeway_esims_service_providers_accounts
  Zeway_esims_service_providers_accounts_communication_plans_info Zeway_esims_service_providers_accounts_info
  Zeway_esims_service_providers_accounts_rate_plans_info Zeway_esims_service_providers_info Zeway_esims_swap
  Zeway_uplink_statuses_info Olaim Pients_bandwidth_usage_history_info Voverview_info Vsearch_info Pone
  Oonfig_templates Zates_info Zates_switch_profiles_info Zates_switch_profiles_ports Zates_switch_profiles_ports_info
  Ndevices_availabilities_change_history_info Zlabilities_info Vcontroller_migrations Zroller_migrations_info
  Vdetails_bulk_update Vinfo Voverview_by_model_info Vpower_modules_statuses_by_device_info Wrovisioning_statuses_info
  Vstatuses_info Zuses_overview_info Wystem_memory_usage_history_by_interval_info Vuplinks_addresses_by_device_info
  Znks_loss_and_latency_info Nearly_access_features_info Z_features_opt_ins Z_features_opt_ins_info
  Nfirmware_upgrades_by_device_info Zrades_info Oloor_plans_auto_locate_devices_info Zauto_locate_statuses_info Ninfo
  Psight_applications_info Vmonitored_media_servers Ztored_media_servers_info Ptegrations_xdr_networks_disable
  Z_xdr_networks_enable Z_xdr_networks_info Pventory_claim Xdevices_info Xonboarding_cloud_monitoring_export_events
  Zboarding_cloud_monitoring_imports Zboarding_cloud_monitoring_imports_info Zboarding_cloud_monitoring_networks_info
  Zboarding_cloud_monitoring_prepare Xrelease Nlicenses V_assign_seats Winfo Wmove Ze_seats Woverview_info
  Wrenew_seats Ting_coterm_licenses_info Zterm_licenses_move Oogin_security Zty_info Nnetworks_combine
  Nopenapi_spec_info Npolicy_objects Zts_groups Zts_groups_info Zts_info Nsaml R_idps W_info Tnfo Sroles X_info
  Oensor_readings_history_info Zngs_latest_info Om_admins_roles Zles_info Rpns_cert_info Qsentry_policies_assignments
  Zlicies_assignments_by_network_info Qvpp_accounts_info Onmp R_info Oplash_themes Zs_info
  Oummary_top_appliances_by_utilization_info Zapplications_by_usage_info Zapplications_categories_by_usage_info
  Zclients_by_usage_info Zclients_manufacturers_by_usage_info Zdevices_by_usage_info Zdevices_models_by_usage_info
  Znetworks_by_status_info Zssids_by_usage_info Zswitches_by_energy_usage_info Owitch_devices_clone
  Uports_by_switch_info Z_clients_overview_by_device_info Z_overview_info Z_statuses_by_switch_info
  Z_topology_discovery_by_device_info Z_usage_history_by_device_by_interval_info Nuplinks_statuses_info
  Nwebhooks_callbacks_statuses_info Wlogs_info Oireless_air_marshal_rules_info Z_marshal_settings_by_network_info
  Wclients_overview_by_device_info Xontroller_availabilities_change_history_info
  Ztroller_clients_overview_history_by_device_by_interval_info Ztroller_connections_info
  Ztroller_devices_interfaces_l2_by_device_info Ztroller_devices_interfaces_l2_statuses_change_history_by_device_info
  Ztroller_devices_interfaces_l2_usage_history_by_interval_info Ztroller_devices_interfaces_l3_by_device_info
  Ztroller_devices_interfaces_l3_statuses_change_history_by_device_info
  Ztroller_devices_interfaces_l3_usage_history_by_interval_info
  Ztroller_devices_interfaces_packets_overview_by_device_info
  Ztroller_devices_interfaces_usage_history_by_interval_info Ztroller_devices_redundancy_failover_history_info
  Ztroller_devices_redundancy_statuses_info Ztroller_devices_system_utilization_history_by_interval_info
  Ztroller_overview_by_device_info Wdevices_channel_utilization_by_device_info
  Zices_channel_utilization_by_network_info Zices_channel_utilization_history_by_device_by_interval_info
  Zices_channel_utilization_history_by_network_by_interval_info Zices_ethernet_statuses_info
  Zices_packet_loss_by_client_info Zices_packet_loss_by_device_info Zices_packet_loss_by_network_info
  Zices_power_mode_history_info Zices_system_cpu_load_history_info Zices_wireless_controllers_by_device_info
  Wradio_auto_rf_channels_recalculate Xf_profiles_assignments_by_device_info
  Wssids_firewall_isolation_allowlist_entries Zds_firewall_isolation_allowlist_entries_info
  Zds_statuses_by_device_info
module cisco.mso
  mso_backup J_schedule Ddhcp_option_policy V_option Irelay_policy U_provider Dlabel* Dremote_location Fst Eole*
  Dschema* J_clone Ksite* O_anp* S_epg* W_bulk_staticport Xdomain* Xselector Ytaticleaf* Zaticport* Yubnet*
  Xuseg_attribute Pbd* R_l3out* Ssubnet* Pcontract_service_graph Zervice_graph_listener Pexternal_epg Zpg_selector
  Pl3out Pservice_graph Pvrf* S_region* Z_cidr* Z_cidr_subnet* Z_hub_network Ktemplate* S_anp* W_epg* Zg_annotation
  Zg_contract* Zg_intra_epg_contract Zg_selector Zg_subnet* Zg_useg_attribute Tbd* V_dhcp_policy Wsubnet* Tclone
  Uontract_filter* Zct_service_graph Tdeploy* Z_status Texternal_epg Zal_epg_contract* Zal_epg_selector
  Zal_epg_subnet* Zalepg* Tfilter_entry* Tl3out* Tmigrate Tservice_graph Tvrf* W_contract Xrp Kvalidate
  Eervice_node_type Eite* Dtenant* J_site Duser* Dversion ndo_dhcp_option_policy Irelay_policy Dfabric_span_session
  W_source Zurce_filter Eex_device Dinterface_setting Epsla_monitoring_policy Jtrack_list Dl3_domain Fout_annotation
  Jbgp_peer Jfloating_svi_interface Zerface_path_attributes Jinterface_group_policy Trouting_policy Jnode_group_policy
  Orouting_policy Ostatic_route Ze_next_hop Jrouted_interface Qsub_interface Jsecondary_ip Kvi_interface Jtemplate
  Dmacsec_policy Ftch_rule_community_term Opolicy Prefix Ecp_global_policy Dnode_profile Isetting Etp_policy
  Dphysical_domain Minterface Eod_profile Hsettings Frt_channel_interface Etp_policy N_profiles Dqos_class_policy
  Hdscp_cos_translation_policy Droute_map_policy_multicast Uroute_control Z_control_context
  Dschema_template_bd_dhcp_policy Tcontract_service_chain Tdeploy Eervice_device_cluster Ft_rule_policy
  Eynce_interface_policy Dtemplate Fnant_bgp_peer_prefix_policy Kcustom_qos_policy Kigmp_interface_policy
  Psnooping_policy Kmld_snooping_policy Kspan_session Dvirtual_port_channel_interface Elan_pool
module cisco.nxos
  aaa_server J_host acl C_interface Ms Cs banner bfd_global Dinterfaces bgp C_address_family Ef Dglobal Dneighbor
  L_address_family Nf command Bnfig devicealias evpn_global Evni facts feature file_copy gir C_profile_management
  hostname hsrp D_interfaces igmp D_interface Esnooping install_os Bterface I_ospf Is l2_interface Ls l3_interface Ls
  lacp D_interfaces Bg_interfaces linkagg lldp D_global Einterfaces logging G_global ntp C_auth Dglobal Doptions nxapi
  Bos* D_aaa_server* O_host* Fcl_interfaces* Hs* Ebanner* Ffd_global* Iinterfaces* Fgp_address_family Iglobal
  Ineighbor_address_family Itemplates Ecommand* Gnfig* Edevicealias* Eevpn_global* Jvni* Efacts* Fc_interfaces
  Feature* File_copy* Egir* H_profile_management* Ehostname Fsrp* I_interfaces* Eigmp* I_interface* Jsnooping*
  Fnstall_os* Gterfaces* El2_interfaces* F3_interfaces* Facp* I_interfaces* Gg_interfaces* Fldp_global* Jinterfaces*
  Fogging_global Entp_global Fxapi* Eospf_interfaces Iv2* J3 Fverlay_global* Epim* H_interface* Irp_address* Gng*
  Frefix_lists Ereboot* Follback* Gute_maps Fpm* Esnapshot* Gmp_server Ftatic_routes* Fystem* Etelemetry* Eudld*
  I_interface* Fser* Evlans* Fpc* H_interface* Frf* H_address_family Jf* Iglobal Iinterface* Rs Grp* Fsan* Ftp_domain*
  Ipassword* Iversion* Fxlan_vtep* O_vni* Ezone_zoneset* ospf D_interfaces Evrf Dv2 E3 overlay_global pim C_interface
  Drp_address Bng prefix_lists reboot rollback Bute_maps rpm smu snapshot Bmp_community Gntact Ehost Elocation Eserver
  Etraps Euser static_route Ls system telemetry udld D_interface user vlan Ds vpc C_interface vrf C_address_family Ef
  Dglobal Dinterface Ms Brp vsan vtp_domain Dpassword Dversion vxlan_vtep J_vni zone_zoneset
module cisco.ucs
  ucs_disk_group_policy* Ens_server* Dgraphics_card_policy Dip_pool* Dlan_connectivity* Dmac_pool* Fnaged_objects*
  Dntp_server* Dorg* Dquery* Dsan_connectivity* Ecrub_policy Eerial_over_lan_policy Gver_maintenance
  Hice_profile_association Tfrom_template Ttemplate* Ep_vnic_order Etorage_profile* Eystem_qos Dtimezone* Duuid_pool*
  Dvhba_template* Elan_find* Ito_group Hs* Enic_template* Esans* Dwwn_pool*
module cloudscale_ch.cloud
  cloudscale_floating_ip Kserver Q_group Kvolume custom_image floating_ip load_balancer M_health_monitor Nlistener
  Npool R_member network objects_user server F_group subnet volume F_snapshot
module community.aws
  accessanalyzer_validate_policy_info Bm_certificate O_info api_gateway K_domain Linfo Bplication_autoscaling_policy
  autoscaling_complete_lifecycle_action Lgroup Q_info Linstance_refresh Zsh_info Llaunch_config Y_find Zinfo
  Mifecycle_hook Lpolicy Lscheduled_action aws_acm G_info Epi_gateway O_domain Fplication_scaling_policy
  Dbatch_compute_environment Jjob_definition Nqueue Dcodebuild Hcommit Hpipeline Fnfig_aggregation_authorization Sor
  Kdelivery_channel Krecorder Lule Ddirect_connect_confirm_connection Vnection Sgateway Slink_aggregation_group
  Svirtual_interface Deks_cluster Elasticbeanstalk_app Dglue_connection Jrawler Ijob Dinspector_target Dkms G_info
  Dmsk_cluster Ionfig Dregion_info Ds3_bucket_info Gcors Eecret Fs_identity P_policy Hrule_set Egw_info
  Esm_parameter_store Etep_functions_state_machine Zachine_execution Dwaf_condition Hinfo Hrule Hweb_acl
  batch_compute_environment Fjob_definition Jqueue cloudformation_exports_info* Ostack_set* Front_distribution* W_info
  Kinfo Mvalidation* Korigin_access_identity* Kresponse_headers_policy Etrail Ewatch_metric_alarm Jevent_rule
  Jlogs_log_group X_info Ymetric_filter codebuild_project Dcommit_repository Dpipeline Bnfig_aggregation_authorization
  Oor Gdelivery_channel Grecorder Hule data_pipeline* directconnect_confirm_connection Qnection Ngateway
  Nlink_aggregation_group Nvirtual_interface dms_endpoint* Dreplication_subnet_group* dynamodb_table* N_info Jtl*
  ec2_ami_copy* Esg G_info Jstance_refresh X_info Hlifecycle_hook Hscheduled_action Dcarrier_gateway S_info
  Eustomer_gateway* T_info* Deip G_info Elb Dinstance L_info Dlaunch_template Ec F_find Ginfo Dmetric_alarm
  Dplacement_group S_info Dscaling_policy Enapshot_copy* Dtransit_gateway S_info Tvpc_attachment Ztachment_info
  Dvpc_egress_igw Indpoint P_info Qservice_info Higw K_info Hnacl L_info Jt_gateway S_info Hpeer Ling_info
  Hroute_table S_info Hvgw K_info Ipn K_info Dwin_password* Bs_attribute* Dcluster* Decr* Dservice* K_info* Dtag* Fsk*
  Hdefinition* R_info* efs* C_info* Dtag eks_cluster Dfargate_profile Dnodegroup elasticache* K_info*
  Lparameter_group* Lsnapshot* Mubnet_group* Gbeanstalk_app Bb_application_lb R_info Dclassic_lb N_info Dinstance*
  Dnetwork_lb* Dtarget* J_group* P_info* Kinfo* execute_lambda glue_connection Frawler Ejob iam_access_key N_info
  Dgroup Dmanaged_policy Efa_device_info Dpassword_policy Eolicy J_info Drole H_info Dsaml_federation*
  Eerver_certificate V_info* Duser H_info inspector_target kinesis_stream* kms_key G_info lambda F_alias Gevent
  Hxecute Ginfo Gpolicy lightsail* I_snapshot Ktatic_ip mq_broker I_config Jinfo Cuser G_info msk_cluster Eonfig
  networkfirewall O_info Ppolicy V_info Prule_group Z_info opensearch J_info rds_cluster K_info Lsnapshot Dinstance
  L_info Msnapshot Doption_group P_info Dsnapshot_info Eubnet_group redshift* H_cross_region_snapshots* Iinfo*
  Isubnet_group* route53 G_health_check Hinfo Hwait Hzone s3_bucket_info Jnotification* Ccors Clifecycle* Dogging*
  Cmetrics_configuration Csync* Cwebsite* secretsmanager_secret Bs_identity L_policy Drule_set sns* C_topic* I_info
  sqs_queue* ssm_inventory_info Dparameter stepfunctions_state_machine Ze_execution Boragegateway_info Bs_assume_role
  Dsession_token* waf_condition Dinfo Drule Dweb_acl Cv2_ip_set L_info Fresources O_info Gule_group P_info Fweb_acl
  M_info
module community.ciscosmb
  command facts
module community.crypto
  acme_account* L_info* Fri_info Ecertificate* P_deactivate_authz Qorder_create Wfinalize Winfo Wvalidate
  Qrenewal_info Svoke* Fhallenge_cert_helper* Einspect* certificate_complete_chain* crypto_info get_certificate*
  luks_device* openssh_cert* Hkeypair* Fl_csr* K_info* Lpipe Hdhparam* Hpkcs12* Irivatekey* R_convert Sinfo* Spipe
  Iublickey* Q_info Hsignature Q_info x509_certificate P_convert Qinfo Qpipe Frl* H_info*
module community.digitalocean
  digital_ocean* M_account_facts* Vinfo* Nbalance_info Olock_storage* Ncdn_endpoints Zs_info Oertificate* Y_facts*
  Zinfo* Ndatabase V_info Oomain* T_facts* Uinfo* Urecord Zd_info Oroplet* U_info Nfirewall V_facts* Winfo*
  Oloating_ip* Y_facts* Zinfo* Nimage_facts* Tinfo* Nkubernetes X_info Nload_balancer Zr_facts* Zr_info*
  Nmonitoring_alerts Zlerts_info Nproject U_info Vresource_info Nregion_facts* Uinfo* Nsize_facts* Sinfo* Onapshot
  V_facts* Winfo* Opaces T_info Oshkey* T_facts* Uinfo* Ntag* Q_facts* Rinfo* Nvolume_facts* Uinfo* Opc Q_info
module community.dns
  adguardhome_rewrite S_info hetzner_dns_record R_info Sset V_info Vs Lzone_info hosttech_dns_record S_info Tset
  W_info Ws Mzone_info nameserver_info Krecord_info wait_for_txt
module community.docker
  current_container_facts docker_compose_v2 Q_exec Rpull Rrun Infig* Jtainer* P_copy_into Qexec Qinfo* Kext_info
  Ghost_info* Gimage* L_build Mexport Minfo* Mload Mpull Osh Mremove Mtag Glogin* Gnetwork* N_info* Hode* K_info*
  Gplugin Hrune* Gsecret* Htack* L_info Mtask_info Hwarm* L_info* Mservice* T_info* Gvolume* M_info*
module community.general
  aerospike_migrations* airbrake_deployment* Bx_devices* Dfilesystem* Dinittab* Dlvg* Fol* alerta_customer
  Bi_instance* L_info* Bternatives* android_sdk Bsible_galaxy_install apache2_mod_proxy* Kule* Bk* Bt_repo* Epm*
  archive* atomic_container* Ghost* Gimage* awall* beadm* Crychat* bigpanda* Btbucket_access_key* Jpipeline_key_pair*
  Tnown_host* Svariable* bootc_manage Bwer* btrfs_info Fsubvolume bundler* bzr* campfire* Bpabilities* Brgo Btapult*
  circonus_annotation* Bsco_spark Fwebex cloud_init_data_facts* Eflare_dns* cobbler_sync* Jstem* Bmposer* Bnsul*
  F_acl_bootstrap Hgent_check Mservice Huth_method Gbinding_rule Gkv* Gpolicy Grole Gsession* Gtoken Bpr cpanm*
  cronvar* Bypttab* datadog_downtime Hevent* Hmonitor* dconf* decompress Bploy_helper* dimensiondata_network* Nvlan*
  Bscord django_check Hommand Hreatecachetable Gdumpdata Gloaddata Gmanage* dnf_config_manager Dversionlock Bsimple*
  H_info Cmadeeasy* docker_config Jtainer P_info Ghost_info Gimage L_info Glogin Gnetwork N_info Hode K_info Gprune
  Gsecret Htack L_info Mtask_info Hwarm L_info Mservice T_info Gvolume M_info dpkg_divert easy_install* ejabberd_user*
  elasticsearch_plugin* emc_vnx_sg_member* etcd3* facter* F_facts filesize Eystem* flatpak* G_remote* gandi_livedns
  gconftool2* J_info gem* gio_mime Bt_config* J_info Chub_deploy_key* Gissue* Gkey* Grelease* Ipo Gwebhook* N_info*
  Clab_branch Gdeploy_key* Ggroup* L_access_token Mmembers Mvariable Ghook* Ginstance_variable Hssue Glabel
  Gmerge_request Hilestone Gproject* N_access_token Obadge Omembers Ovariable* Jtected_branch Grunner* Guser* grove*
  gunicorn* hana_query Bproxy* heroku_collaborator* Btzner_failover_ip S_info Iirewall P_info hg* homebrew* H_cask*
  Iservices Itap* Dctl Bneybadger_deployment* hpilo_boot* Finfo* Boncfg* htpasswd* hwc_ecs_instance* Evs_disk*
  Dnetwork_vpc* Dsmn_topic* Dvpc_eip* Hpeering_connect* Iort* Irivate_ip* Hroute* Hsecurity_group* V_rule* Iubnet*
  ibm_sa_domain* Ghost* K_ports* Gpool* Gvol* J_map* icinga2_feature* Hhost* idrac_firmware Fredfish_command* Pnfig*
  Ninfo* Fserver_config_profile ilo_redfish_command Nnfig Linfo imc_rest* Bgadm* infinity* Cluxdb_database* Iquery*
  Iretention_policy* Iuser* Iwrite* Bi_file* Bstallp* Bterfaces_file* ip_netns* Ba_config* Ddnsrecord* Gzone*
  Dgetkeytab Eroup* Dhbacrule* Eost* Hgroup* Dotpconfig Gtoken Dpwpolicy Drole* Dservice* Eubca* Fdocmd* Kgroup*
  Hrule* Duser* Dvault* Bbase_info Bify_facts* Cnfoio_facts* Bmi_boot* Epower* Btables_state Bwcli_dns* irc*
  iso_create Eustomize Dextract* jabber* Bva_cert* Ekeystore* jboss* jenkins_build M_info Hcredential Hjob* K_info*
  Hnode Hplugin* Hscript* jira* kdeconfig kernel_blacklist* Bycloak_authentication W_required_actions
  Mz_authorization_scope Ocustom_policy Opermission Y_info Iclient* O_rolemapping Tscope Oscope T_type Pecret_info
  Vregenerate Otemplate* Jomponent R_info Igroup* Iidentity_provider Irealm N_info Okey Rs_metadata_info Orolemapping
  Jole Iuser M_federation Nrolemapping Mprofile Cring G_info kibana_plugin* krb_ticket launchd Byman* lbu* ldap_attrs*
  Eentry* Einc Epasswd* Esearch librato_annotation* Bnode* F_v4* Bsten_ports_facts* lldp* locale_gen* Bgentries*
  J_msg* Cstash_plugin* lvg* C_rename Bm_pv F_move_data Bol* lxc_container* Ca_cmms* Enodes* Bd_container* Dprofile*
  Gject macports* Bil* Bke* Bnageiq_alert_profiles* Ns* Igroup* Ipolicies* Q_info Jrovider* Itags* M_info Jenant*
  Iuser* Bs* Btrix* Ctermost* Bven_artifact* memset_dns_reload* Gmemstore_info* Gserver_info* Gzone* K_domain*
  Lrecord* mksysb* modprobe* Bnit* mqtt* mssql_db* Fscript nagios* netcup_dns* Bwrelic_deployment* Bxmo*
  nginx_status_info* nictagadm* Bos_a_record Faaa_record Ecname_record Edns_view Efixed_address Ehost_record Emember
  Fx_record Enaptr_record Fetwork L_view Fsgroup Eptr_record Esrv_record Etxt_record Ezone nmcli* nomad_job I_info
  Ftoken Bsh* npm* nsupdate* ocapi_command Finfo Bi_vcn* odbc office_365_connector_card* ohai* omapi_host*
  Be_device_info one_host* Dimage* I_info* Dservice* Dtemplate Dvm* Enet Candone_firewall_policy* Jload_balancer*
  Jmonitoring_policy* Jprivate_network* Kublic_ip* Jserver* Cpassword_info* Cview_datacenter_info* Henclosure_info*
  Ithernet_network* X_info* Hfc_network* R_info* Joe_network* T_info* Hlogical_interconnect_group* Zct_group_info*
  Hnetwork_set* S_info* Hsan_manager* S_info* Bline_server_info* Guser_info* open_iscsi* Dbsd_pkg* Ddj_backendprop*
  Dwrt_init* Bkg* osx_defaults* ovh_ip_failover* Gloadbalancing_backend* Dmonthly_billing* pacemaker_cluster* Jinfo
  Jresource Jstonith Cket_device* Gip_subnet* Gproject* Gsshkey* Gvolume* M_attachment* Cman* F_key Bgerduty* I_alert*
  Jchange Juser Bm_limits* Cd* Brted* pear* pids* Bngdom* Bp_package_info* Cx D_info pkg5* D_publisher* Cin* Cng*
  Cutil* pmem pnpm portage* Dinstall* Bstgresql_copy Kdb Kext Kidx Lnfo Kmembership Kowner Kpg_hba Ling Lrivs
  Lublication Kquery Kschema Lequence Mt Llot Lubscription Ktable Pspace Kuser O_obj_stat_info pritunl_org K_info
  Huser L_info Boxmox G_backup N_info Hdisk Iomain_info Hgroup_info Hkvm Hnic Iode_info Hpool L_member Hsnap
  Itorage_contents_info Pinfo Htasks_info Iemplate Huser_info Hvm_info pubnub_blocks* Blp_repo* Bppet* Bshbullet*
  Dover* python_requirements_info* read_csv* Bdfish_command* Jnfig* Hinfo* Chat_subscription* Cis* E_data J_incr Mfo
  Finfo rhevm* Bsm_release* Gpository* riak* rocketchat* Bllbar_deployment* rpm_ostree_pkg rundeck_acl_policy*
  Hjob_executions_info Lrun Hproject* Cit* sap_task_list_execute Ccar_extract By* scaleway_compute* P_private_network
  Kntainer R_info Snamespace Zce_info Sregistry Zy_info Idatabase_backup Ifunction Q_info Rnamespace Ze_info
  Iimage_info* Jp* K_info* Ilb* Iorganization_info* Iprivate_network Isecurity_group* W_info* Xrule* Krver_info*
  Jnapshot_info* Jshkey* Iuser_data* Ivolume* O_info* sefcontext* Blinux_permissive* Cogin* Bndgrid* Csu_check*
  Glient* Fhandler* Fsilence* Gubscription* Bport* Brverless* shutdown simpleinit_msb sl_vm* Back* Epkg*
  smartos_image_info* snap* D_alias Bmp_facts* solaris_zone* Brcery* spectrum_device* Imodel_attrs
  Botinst_aws_elastigroup* ss_3par_cpg* Bh_config stacki_host* Ctsd Dusio_maintenance* sudoers Bpervisorctl* svc*
  Br4pkg* swdepot* Bupd* syslogger* Cpatch* Crc Ctemd_creds_decrypt Nencrypt Hinfo Cupgrade taiga_issue* telegram*
  Brraform* timezone* twilio* typetalk* udm_dns_record* Hzone* Dgroup* Dshare* Duser* ufw* uptimerobot* urpmi*
  usb_facts utm_aaa_group* M_info* Dca_host_key_cert* T_info* Ddns_host* Dnetwork_interface_address* Zess_info*
  Dproxy_auth_profile* Jexception* Jfrontend* R_info* Jlocation* R_info* vdo* vertica_configuration* Hinfo* Hrole*
  Hschema* Huser* Bxata_eg* Gvolume* vmadm* wakeonlan* wdc_redfish_command Linfo xattr* xbps* xcc_redfish_command
  xdg_mime xenserver_facts* Jguest* O_info* Ppowerstate* xfconf* F_info Bs_quota* xml* yarn* yum_versionlock zfs*
  C_delegate_admin* Dfacts* znode* zpool E_facts* zypper* F_repository* Q_info
module community.grafana
  grafana_contact_point Hdashboard* Jtasource* Hfolder Hnotification_channel Horganization T_user Hplugin* Hsilence
  Hteam Huser
module community.hashi_vault
  vault_database_connection_configure Zdelete Zread Zreset Ys_list Orole_create Tdelete Tread Ss_list
  Qtate_root_credentials Ostatic_role_create Z_get_credentials Z_read Z_rotate_credentials Zs_list Fkv1_get H2_delete
  Jget Jwrite Flist Gogin Fpki_generate_certificate Fread Ftoken_create Fwrite
module community.hrobot
  boot failover_ip K_info firewall H_info reset E_info Bverse_dns server F_info ssh_key G_info storagebox J_info
  Kset_password Lnapshot S_info Tplan X_info Lubaccount U_info v_switch
module community.libvirt
  virt* D_install Enet* Epool* Evolume
module community.mongodb
  mongodb_atlas_cluster Nldap_user Nuser Nwhitelist Hbalancer Hindex Jfo* Hmaintenance Hoplog Hparameter* Hreplicaset*
  Iole Hschema Ihard* M_tag Nzone Jell Jutdown Itatus Jepdown Huser*
module community.mysql
  mysql_db* Finfo* Fquery* Freplication* Gole Fuser* Fvariables*
module community.okd
  k8s C_auth openshift_adm_groups_sync Nmigrate_template_instances Nprune_auth Tbuilds Tdeployments Timages Kuth
  Jbuild Jimport_image Jprocess Jregistry_info Koute
module community.postgresql
  postgresql_alter_system Kcopy* Kdb* Kext* Kidx* Lnfo* Kmembership* Kowner* Kpg_hba* Ling* Lrivs* Lublication*
  Kquery* Kschema* Mript Lequence* Mt* Llot* Lubscription* Ktable* Pspace* Kuser* O_obj_stat_info*
module community.proxmox
  proxmox* G_access_acl Hbackup N_info Oschedule Hcluster O_ha_groups Sresources Tules Pjoin_info Hdisk Iomain_info
  Hfirewall P_info Hgroup M_info Hipam_info Hkvm* Hnic Iode L_info Hpool L_member Hsnap Itorage O_contents_info Pinfo
  Iubnet Htasks_info Iemplate* Huser L_info Hvm_info Inet L_info Hzone L_info
module community.proxysql
  proxysql_backend_servers* Igalera_hostgroups Jlobal_variables* Iinfo Imanage_config* Jysql_hostgroup_attributes
  Ousers* Iquery_rules* T_fast_routing Ireplication_hostgroups* Ischeduler*
module community.rabbitmq
  rabbitmq_binding* Iexchange* Ifeature_flag Iglobal_parameter* Iparameter* Jlugin* Jolicy* Jublish* Iqueue* Iupgrade
  Jser* M_limits Ivhost* N_limits*
module community.routeros
  api C_facts Eind_and_modify Dinfo Dmodify command facts
module community.sap_libs
  hana_query sap_company Fntrol_exec Dhdbsql Dpyrfc Dsnote Eystem_facts Dtask_list_execute Duser Ccar_extract Dontrol
module community.sops
  load_vars sops_encrypt
module community.vmware
  vcenter_domain_user_group_info Hextension* Q_info* Hfolder* Hlicense* Hroot_password_expiration
  Hstandard_key_provider vmware_about_info* Hll_snapshots_info Gcategory* O_info* Hfg_backup* Hluster* N_dpm Prs*
  R_recommendations Oha* Oinfo* Ovcls Psan* Hontent_deploy_ovf_template Vtemplate* Olibrary_info* Wmanager*
  Hustom_attribute W_manager Gdatacenter* Q_info Kstore P_cluster* X_manager Qinfo* Qmaintenancemode* Heploy_ovf*
  Hrs_group* P_info* Qmanager Koverride Krule_info* Hvs_host* Kportgroup* T_find* Uinfo* Jwitch* O_info Placp* Pnioc*
  Ppvlans* Puplink_pg* Gevc_mode* Hxport_ovf* Gfirst_class_disk W_info Holder_info* Gguest* L_boot_info* Rmanager*
  Mcontroller* Nross_vc_clone* Nustom_attribute_defs* Zutes* Sization_info* Mdisk* Q_info* Mfile_operation* Ond*
  Minfo* Ostant_clone Mmove* Mnetwork* Mpowerstate* Mregister_operation* Mscreenshot* Nendkey* Orial_port* Nnapshot*
  U_info* Ntorage_policy Mtools_info* Supgrade* Swait* Npm Mvgpu Q_info Nideo* Ghost* K_acceptance* V_info
  Ntive_directory* Muto_start* Lcapability_info* Monfig_info* Smanager* Mustom_attributes Ldatastore* Misk_info Mns*
  O_info* Lfacts* Meature_info* Mirewall_info* Umanager* Lgraphics Lhyperthreading* Lipv6* Mscsi Q_info
  Lkernel_manager* Llockdown* T_exceptions Ngbundle U_info Lntp* O_info* Lpackage_info* Nssthrough Mowermgmt_policy*
  Qstate* Lscanhba* Nsidisk_info Mervice_info* Tmanager* Mnmp* Mriov Msl_info* Ltcpip_stacks Luser_manager
  Lvmhba_info* Nnic_info* Glocal_role_info* Rmanager* Muser_info* Rmanager* Gmaintenancemode* Higrate_vmk*
  Gobject_custom_attributes_info Nrename Oole_permission* Zion_info Gportgroup* P_info* Grecommended_datastore
  Isource_pool* T_info* Gsdrs_vm_overrides_info Gtag* J_info* Kmanager* Irget_canonical_info* Gvasa K_info
  Hc_infraprofile_info Ienter_settings* W_info Ptatistics* Hm_config_option Jhost_drs_rule* Jinfo* Jshell*
  Ktorage_policy X_info* Jvm_drs_rule* Kss_dvs_migrate* Ikernel* O_info* Iotion* Hsan_cluster* Lhcl_db Mealth_info*
  Lrelease_catalog Ipan_session* Iwitch* N_info* vsan_health_silent_checks Bphere_copy* Hfile*
module community.windows
  psexec* win_audit_policy_system Jrule Fto_logon Dcertificate_info Eomputer_description Eredential
  Ddata_deduplication Eefrag* Ehcp_lease Eisk_facts* Iimage* Ens_record Hzone Eotnet_ngen* Deventlog L_entry*
  Dfeature_info Eile_compression Iversion* Frewall L_rule* Eormat* Dhosts Ftfix Ettp_proxy Diis_virtualdirectory*
  Hwebapplication* Npool* Kbinding* Ksite* Enet_proxy Fitialize_disk* Dlineinfile* Fsten_ports_facts Dmapped_drive
  Esg* Dnet_adapter_feature Gbios* Essm* Dpagefile* Frtition* Eester* Eower_plan* Eroduct_facts Esexec* Fmodule*
  L_info Frepository* P_copy Qinfo Fscript L_info Gession_configuration Drabbitmq_plugin* Eds_cap* Hrap* Hsettings*
  Eegion Gmerge* Eobocopy* Fute Dsay* Echeduled_task* R_stat* Foop I_bucket Eecurity_policy* Ehortcut* Enmp* Dtimezone
  Eoast* Dunzip* Eser_profile Dwait_for_process* Fkeonlan* Eebpicmd* Dxml* Dzip
module community.zabbix
  zabbix_action* Hpi_info Huthentication Joregister Gconfiguration Jnector Irrelation Gdiscovery_rule Prule
  Gglobalmacro Hroup* L_events_info Minfo* Ghost* K_events_info* Supdate Linfo* Kmacro* Iusekeeping Gitem Kprototype
  Gmaintenance* Ip* Hediatype* Hfa Gproxy* L_group Minfo Gregexp M_info Gscript Hervice* N_info Ittings Gtemplate*
  O_info* Ogroup Hoken Hrigger Nprototype Guser* K_directory Linfo* Lrole Kgroup Gvaluemap*
module containers.podman
  podman_container P_copy Qexec Qinfo* Ps Gexport Ggenerate_systemd Gimage* L_info* Iport Gload Igin L_info Jout
  Gnetwork N_info Gplay Hod J_info Hrune Grunlabel Gsave Hearch Icret M_info Hystem_connection X_info Ninfo Gtag
  Gvolume M_info*
module cyberark.pas
  cyberark_account Juthentication* Icredential Iuser*
module dellemc.enterprise_sonic
  aaa acl_interfaces api ars bfd bgp C_af Es_paths Dcommunities Dext_communities Dneighbors M_af br_l2pt command Bnfig
  Bpp dcbx dhcp_relay Esnooping drop_counter ecmp_load_share evpn_esi_multihome facts fbs_classifiers Dgroups
  Dpolicies fips image_management interfaces ip_neighbor K_interfaces Bv6_router_advertisement l2_acls Cinterfaces
  l3_acls Cinterfaces lag_interfaces ldap lldp_global Einterfaces logging Cin_lockout lst mac mclag mgmt_servers
  mirroring network_policy ntp ospf_area Dv2 F_interfaces E3 F_area Ginterfaces pim_global Dinterfaces pki pms poe
  Brt_breakout Egroup prefix_lists ptp_default_ds Dport_ds qos_buffer Dinterfaces Dmaps Dpfc Dscheduler Dwred
  radius_server roce Bute_maps sflow sonic E_aaa Gcl_interfaces Gpi Grs Fbfd Ggp I_af Ks_paths Jcommunities
  Jext_communities Jneighbors S_af Gr_l2pt Fcommand Hnfig Hpp Fdcbx Ghcp_relay Ksnooping Grop_counter Fecmp_load_share
  Gvpn_esi_multihome Ffacts Gbs_classifiers Jgroups Jpolicies Gips Fimage_management Gnterfaces Gp_neighbor
  Q_interfaces Hv6_router_advertisement Fl2_acls Iinterfaces G3_acls Iinterfaces Gag_interfaces Gdap Gldp_global
  Kinterfaces Gogging Iin_lockout Gst Fmac Gclag Ggmt_servers Girroring Fnetwork_policy Gtp Fospf_area Jv2
  L_interfaces K3 L_area Minterfaces Fpim_global Jinterfaces Gki Gms Goe Hrt_breakout Kgroup Grefix_lists
  Gtp_default_ds Jport_ds Fqos_buffer Jinterfaces Jmaps Jpfc Jscheduler Jwred Fradius_server Goce Hute_maps Fsflow Gsh
  I_server Gtatic_routes Hp Gystem Ftacacs_server Fusers Fvlan_mapping Js Grfs Hrp Gxlans ssh C_server static_routes
  Bp system tacacs_server users vlan_mapping Ds vrfs Brp vxlans
module dellemc.openmanage
  dellemc_configure_idrac_eventing Xservices Hidrac_lc_attributes Nstorage_volume Hsystem_lockdown_mode
  idrac_attributes Fbios Goot Fcertificates Fdiagnostics Ffirmware* N_info Flicense
  Hfecycle_controller_job_status_info Z_jobs Z_logs Z_status_info Fnetwork M_attributes Fos_deployment
  Fredfish_storage_controller Hset Fsecure_boot Hrver_config_profile* Hssion Gtorage_volume Gupport_assist Gyslog
  Item_erase Minfo Ftimezone_ntp Fuser J_info Fvirtual_media ome_active_directory Elert_policies R_actions_info
  Scategory_info Sinfo Smessage_id_info Epplication_alerts_smtp Xyslog Pcertificate Qonsole_preferences
  Pnetwork_address Xproxy Xsettings Xtime Xwebserver Psecurity_settings Dchassis_slots
  Eonfiguration_compliance_baseline Zce_info Ddevice_group Kinfo* Klocal_access_configuration Otion Kmgmt_network
  Knetwork_services Kpower_settings Kquick_deploy Js Eiagnostics Fscovery Eomain_user_groups Dfirmware L_baseline
  U_compliance_info Vinfo Mcatalog Dgroups Didentity_pool Djob_info Dnetwork_port_breakout Lvlan P_info Dpowerstate
  Erofile K_info Dserver_interface_profile_info Zles Fssion Emart_fabric P_info Quplink W_info Dtemplate
  L_identity_pool Nnfo Mnetwork_vlan Y_info Duser H_info Cvv_baseline_profile V_info Ffirmware N_compliance_info
  Orepository_profile Zprofile_info Fvcenter_info redfish_event_subscription Hfirmware P_rollback Hpowerstate
  Hstorage_volume
module dellemc.powerflex
  device fault_set info mdm_cluster nvme_host protection_domain replication_consistency_group Lpair Bsource_group sdc
  Bs Bt snapshot H_policy storagepool volume
module dellemc.unity
  cifsserver consistencygroup filesystem J_snapshot host info Bterface nasserver nfs Cserver replication_session
  smbshare snapshot Hschedule storagepool tree_quota user_quota volume
module f5networks.f5_modules
  bigia_device_facts Dp* E_apm_acl* Jnetwork_access* Jpolicy_fetch* Qimport* Gsm_advanced_settings Jdos_application*
  Jpolicy_fetch* Qimport* Qmanage* Qserver_technology* Rignature_set* Fcgnat_lsn_pool Gli_alias* Jscript* Gommand*
  Hnfig* Lsync_action* Fdata_group* Gevice_auth* Q_ldap* Rradius X_server Mcertificate* Nonnectivity* Mdns* Mfacts
  Mgroup* R_member* Mha_group* Nttpd* Minfo* Mlicense* Mntp* Msshd* Nyslog* Mtraffic_group* Oust* Gns_cache_resolver*
  Jnameserver* Jresolver* Jzone* Ffile_copy* Hrewall_address_list* Odos_profile* Svector* Oglobal_rules* Olog_profile*
  Z_network* Opolicy* Qrt_list* Orule* S_list* Oschedule* Fgtm_datacenter* Kns_listener Jglobal* Jmonitor_bigip*
  Rexternal* Rfirepass* Rhttp* Vs* Rtcp* U_half_open* Jpool* N_member* Jserver* Jtopology_record* Ugion*
  Jvirtual_server* Jwide_ip* Fhostname* Fiapp_service* Ktemplate* Gke_peer* Gmish_config* Gnterface Gpsec_policy*
  Grule* Flog_destination* Jpublisher* Gtm_global Gx_package* Fmanagement_route* Gessage_routing_peer* Wrotocol*
  Vroute* Zer* Vtransport_config* Gonitor_dns* Nexternal* Nftp Ngateway_icmp* Nhttp* Rs* Nicmp Nldap* Nmysql Noracle
  Nsmtp Onmp_dca* Ntcp* Q_echo* Rhalf_open* Nudp* Fnetwork_globals Gode* Fpartition* Hssword_policy* Golicy* L_rule*
  Hol* J_member* Grofile_analytics* Nclient_ssl* Ndns* Nfastl4* Otp Nhttp* R2* R_compression* Noneconnect*
  Npersistence_cookie* Zsrc_addr* Zuniversal Nserver_ssl* Oip Ntcp* Nudp* Ivision* O_async Fqkview* Fremote_role*
  Msyslog* Muser* Goutedomain* Fselfip* Hrvice_policy* Gmtp* Gnat_pool* Ktranslation* Hmp* J_community* Ktrap*
  Goftware_image* Pnstall* Oupdate* Gsl_certificate* Ksr Jkey* M_cert Jocsp* Gtatic_route* Gys_daemon_log_tmm* Kb*
  Jglobal* Ftimer_policy* Graffic_selector* Hunk* Gunnel* Fucs* I_fetch* Gser* Fvcmp_guest* Girtual_address* Nserver*
  Glan* Fwait* Dq* E_application_fasthttp* Vl4_tcp* Yudp* Rhttp* Vs_offload* Xwaf* Fdevice_discovery* Minfo*
  Fregkey_license* T_assignment* Mpool* Futility_license* U_assignment*
module fortinet.fortimanager
  fmgr_adom_options Fntivirus_mmschecksum Z_entries Onotification Zn_entries Oprofile V_cifs Xontentdisarm Wftp Whttp
  Wimap Wmapi Wnacquar Xntp Woutbreakprevention Wpop3 Wsmb Ytp Xsh Fpcfgprofile Q_commandlist Gplication_casi_profile
  Zile_entries Stegories Rustom Qgroup Qinternetservice Zervice_entry Zervicecustom Zervicecustom_disableentry
  Zervicecustom_disableentry_iprange Zervicecustom_entry Zervicecustom_entry_portrange Qlist U_defaultnetworkservices
  Ventries Zies_parameters Zies_parameters_members Frrpprofile Futhentication_scheme Ebleprofile Fonjourprofile
  S_policylist Ecasb_profile Q_saasapplication Zication_accessrule Zication_customcontrol
  Zication_customcontrol_option Jsaasapplication Juseractivity V_controloptions Ztroloptions_operations Wmatch
  Zch_rules Fertificate_template Fifs_domaincontroller Jprofile Q_filefilter Zer_entries Rserverkeytab Flone
  Hud_orchestaws Uconnector Utemplate_autoscaleexistingvpc Zate_autoscalenewvpc Zate_autoscaletgwnewvpc Rration
  Fredentialstore_domaincontroller Edevprof_device_profile_fortianalyzer Ze_fortiguard Mimport
  Mlog_fortianalyzer_setting Zyzercloud_setting Qsyslogd_filter Zilter_excludelist Zilter_excludelist_fields
  Zilter_freestyle Ysetting Zetting_customfieldname Msystem_centralmanagement Zlmanagement_serverlist Tdns
  Temailserver Tglobal Tntp W_ntpserver Treplacemsg_admin Zemsg_alertmail Zemsg_auth Zemsg_devicedetectionportal
  Zemsg_ec Zemsg_fortiguardwf Zemsg_ftp Zemsg_http Zemsg_mail Zemsg_mms Zemsg_nacquar Zemsg_nntp Zemsg_spam
  Zemsg_sslvpn Zemsg_trafficquota Zemsg_utm Zemsg_webproxy Tsnmp_community Zommunity_hosts Zommunity_hosts6 Ysysinfo
  Yuser Fiameterfilter_profile Flp_datatype Jictionary S_entries Iexactdatamatch W_columns Ifilepattern T_entries
  Jpsensitivity Ilabel N_entries Iprofile P_rule Isensitivity Mor O_entries Pfilter Fnsfilter_domainfilter Zr_entries
  Oprofile V_dnstranslation Xomainfilter Wftgddns Zddns_filters Wurlfilter Ourlfilter X_entries Fvm_cmd_add_device
  Tlist Mchangehaseq Mdel_device Tlist Niscover_device Mimport_devlist Mreload_devlist Mupdate_device Wlist Hdb_adom
  O_objectmember Kdevice Q_replace_sn Rvdom Kfolder Kgroup P_objectmember Kmetafields_adom Vdevice Vgroup Krevision
  Kscript Q_execute Robjectmember Rscriptschedule Kupgrade Kworkflow_approve Tdiscard Urop Treject Vpair Vvert Wiew
  Tsave Utart Uubmit Ospace_commit Zt_dev Zt_obj Zt_pkg Ulock Y_dev Zobj Zpkg Uunlock Zk_dev Zk_obj Zk_pkg
  Fynamic_address T_dynamicaddrmapping Mcertificate_local Zocal_dynamicmapping Minput_interface Zce_dynamicmapping
  Oterface V_dynamicmapping Wplatformmapping Nppool Mmulticast_interface Zerface_dynamicmapping Mvip
  Ortualwanlink_members Zk_members_dynamicmapping Zk_neighbor Zk_neighbor_dynamicmapping Zk_server
  Zk_server_dynamicmapping Npntunnel V_dynamicmapping Eemailfilter_blockallowlist Zwlist_entries Rwl T_entries Sord
  V_entries Qdnsbl V_entries Qfortishield Qiptrust X_entries Qmheader X_entries Qoptions Qprofile X_filefilter
  Zilefilter_entries Ygmail Yimap Ymapi Zsnhotmail Yotherwebmails Ypop3 Ysmtp Yyahoomail Fndpointcontrol_fctems
  Fxec_fgfm_reclaimdevtunnel Gport_playbooks Gtendercontroller_dataplan Xextenderprofile Ztenderprofile_cellular
  Ztenderprofile_cellular_controllerreport Ztenderprofile_cellular_modem1 Ztenderprofile_cellular_modem1_autoswitch
  Ztenderprofile_cellular_modem2 Ztenderprofile_cellular_modem2_autoswitch Ztenderprofile_cellular_smsnotification
  Ztenderprofile_cellular_smsnotification_alert Ztenderprofile_cellular_smsnotification_receiver
  Ztenderprofile_lanextension Ztenderprofile_lanextension_backhaul Xsimprofile Zmprofile_autoswitchprofile Xtemplate
  Jsioncontroller_dataplan Yextenderprofile Zxtenderprofile_cellular Zxtenderprofile_cellular_controllerreport
  Zxtenderprofile_cellular_modem1 Zxtenderprofile_cellular_modem1_autoswitch Zxtenderprofile_cellular_modem2
  Zxtenderprofile_cellular_modem2_autoswitch Zxtenderprofile_cellular_smsnotification
  Zxtenderprofile_cellular_smsnotification_alert Zxtenderprofile_cellular_smsnotification_receiver
  Zxtenderprofile_lanextension Zxtenderprofile_lanextension_backhaul Zxtenderprofile_wifi Zxtenderprofile_wifi_radio1
  Zxtenderprofile_wifi_radio2 Zxtendervap Efact Filefilter_profile W_rules Grewall_accessproxy Y6 Z_apigateway
  Z_apigateway6 Z_apigateway6_quic Z_apigateway6_realservers Z_apigateway6_sslciphersuites Z_apigateway_quic
  Z_apigateway_realservers Z_apigateway_sslciphersuites Y_apigateway Zapigateway6 Zapigateway6_quic
  Zapigateway6_realservers Zapigateway6_sslciphersuites Zapigateway_quic Zapigateway_realservers
  Zapigateway_sslciphersuites Zrealservers Zserverpubkeyauthsettings Zserverpubkeyauthsettings_certextension
  Ysshclientcert Zshclientcert_certextension Yvirtualhost Oddress U6 V_dynamicmapping Zamicmapping_subnetsegment Wlist
  Wprofilelist Wsubnetsegment Wtagging Vtemplate Zlate_subnetsegment Zlate_subnetsegment_values U_dynamicmapping Vlist
  Vprofilelist Vtagging Rgrp U6 V_dynamicmapping Wtagging U_dynamicmapping Vtagging Ncarrierendpointbwl
  Zintbwl_entries Psbprofile Y_saasapplication Zsaasapplication_accessrule Zsaasapplication_customcontrol
  Zsaasapplication_customcontrol_option Ndecryptedtrafficmirror Nexplicitproxyaddress Zyaddress_headergroup Zyaddrgrp
  Ngtp Q_apn Rieremovepolicy Tvalidation Smsi Sppolicy Rmessagefilter Yratelimit Zatelimitv0 Zatelimitv1 Zatelimitv2
  Rnoippolicy Rperapnshaper Solicy Xv2 Nidentitybasedroute Zdroute_rule Onternetservice Zice_entry Ziceaddition
  Ziceaddition_entry Ziceaddition_entry_portrange Zicecustom Zicecustom_disableentry Zicecustom_disableentry_iprange
  Zicecustom_entry Zicecustom_entry_portrange Zicecustomgroup Ziceextension Ziceextension_disableentry
  Ziceextension_disableentry_ip6range Ziceextension_disableentry_iprange Ziceextension_disableentry_portrange
  Ziceextension_entry Ziceextension_entry_portrange Zicegroup Zicename Oppool T6 U_dynamicmapping T_dynamicmapping
  Tgrp Nldbmonitor Nmmsprofile X_dupe Yflood Ynotification Zotifmsisdn Youtbreakprevention Oulticastaddress Zress6
  Zress6_tagging Zress_tagging Nnetworkservicedynamic Nprofilegroup Uprotocoloptions Zcoloptions_cifs
  Zcoloptions_cifs_filefilter Zcoloptions_cifs_filefilter_entries Zcoloptions_cifs_serverkeytab Zcoloptions_dns
  Zcoloptions_ftp Zcoloptions_http Zcoloptions_imap Zcoloptions_mailsignature Zcoloptions_mapi Zcoloptions_nntp
  Zcoloptions_pop3 Zcoloptions_smtp Zcoloptions_ssh Qxyaddress Z_headergroup Z_tagging Wgrp Z_tagging Nschedule_group
  Wonetime Wrecurring Oervice_category Wustom Vgroup Ohaper_peripshaper Utrafficshaper Ringprofile Zle_shapingentries
  Osh_localca Plsshprofile Ze_dot Ze_echoutersni Ze_ftps Ze_https Ze_imaps Ze_pop3s Ze_smtps Ze_ssh Ze_ssl
  Ze_sslexempt Ze_sslserver Ntrafficclass Nvendormac Oip Q46 S_dynamicmapping Trealservers Q6 R4 S_dynamicmapping
  Trealservers R_dynamicmapping Zmapping_realservers Zmapping_sslciphersuites Squic Srealservers Ssslciphersuites
  Vserverciphersuites Q_dynamicmapping Zapping_realservers Zapping_sslciphersuites Rgslbpublicips Rquic Rrealservers
  Rsslciphersuites Userverciphersuites Qgrp T46 T6 U4 T_dynamicmapping Nwildcardfqdn_custom Z_group
  Fmg_device_blueprint Ifabric_authorization_template Zion_template_platforms Isasemanager_settings Vtatus Ivariable
  Q_dynamicmapping Gupdate_analyzer_virusreport Ovips_advancedlog Twebproxy Ncustomurllist Ndiskquota Nfctservices
  Odssetting X_pushoverride Zushoverridetoclient Zushoverridetoclient_announceip Yserveroverride
  Zerveroverride_servlist Yupdateschedule Ogdsetting X_serveroverride Owmsetting X_upgradetimeout Nmultilayer
  Npublicnetwork Nserveraccesspriorities Zpriorities_privateserver Toverridestatus Rice Nwebspam_fgdsetting
  Zetting_serveroverride Zetting_serveroverride_servlist Vwebproxy Fsp_vlan M_dhcpserver X_excluderange Yiprange
  Yoptions Yreservedaddress Oynamicmapping Zng_dhcpserver Zng_dhcpserver_excluderange Zng_dhcpserver_iprange
  Zng_dhcpserver_options Zng_dhcpserver_reservedaddress Zng_interface Zng_interface_ipv6
  Zng_interface_ipv6_ip6delegatedprefixlist Zng_interface_ipv6_ip6extraaddr Zng_interface_ipv6_ip6prefixlist
  Zng_interface_ipv6_vrrp6 Zng_interface_secondaryip Zng_interface_vrrp Zng_interface_vrrp_proxyarp Ninterface W_ipv6
  Zv6_ip6delegatedprefixlist Zv6_ip6extraaddr Zv6_ip6prefixlist Zv6_vrrp6 Xsecondaryip Xvrrp Zrp_proxyarp Egeneric
  Ftp_apn Lgrp Iieallowlist T_entries Kwhitelist T_entries Imessagefilterv0v1 W2 Irattimeoutprofile Itunnellimit
  Ehotspot20_anqp3gppcellular Zlular_mccmnclist Sipaddresstype Snairealm Zm_nailist Zm_nailist_eapmethod
  Zm_nailist_eapmethod_authparam Tetworkauthtype Sroamingconsortium Zconsortium_oilist Svenuename Zme_valuelist Xurl
  Zl_valuelist Oh2qpadviceofcharge Zfcharge_aoclist Zfcharge_aoclist_planinfo Sconncapability Soperatorname
  Zrname_valuelist Tsuprovider Zider_friendlyname Zider_servicedescription Zidernai Zidernai_nailist
  Stermsandconditions Swanmetric Psprofile Oicon S_iconlist Oqosmap U_dscpexcept Zrange Eicap_profile Q_icapheaders
  Rrespmodforwardrules Zorwardrules_headergroup Jserver Pgroup U_serverlist Fps_baseline_sensor X_entries
  Zntries_exemptip Yfilter Yoverride Zverride_exemptip Icustom Isensor O_entries W_exemptip Elog_customfield
  Inpuserver R_servergroup Yinfo Emetafields_system_admin_user Fove Fpskprofile P_mpskgroup Z_mpskkey Enacprofile
  Epkg_authentication_rule Xsetting Icentral_dnat U6 Ifirewall_acl U6 Rcentralsnatmap Sonsolidated_policy
  Zated_policy_sectionvalue Rdospolicy Zy6 Zy6_anomaly Zy_anomaly Rexplicitproxypolicy
  Zproxypolicy_identitybasedpolicy Zproxypolicy_sectionvalue Rhyperscalepolicy Zlepolicy46 Zlepolicy6 Zlepolicy64
  Rinterfacepolicy Zepolicy6 Zepolicy6_sectionvalue Zepolicy_sectionvalue Rlocalinpolicy Zolicy6 Rmulticastpolicy
  Ztpolicy6 Rpolicy X46 X6 Y4 Y_sectionvalue X_sectionvalue Yvpndstnode Zpnsrcnode Sroxypolicy Zicy_sectionvalue
  Rsecuritypolicy Zpolicy_sectionvalue Shapingpolicy Jooter_policy V6 Pshapingpolicy Iheader_policy V6 Pshapingpolicy
  Iuser_nacpolicy Ivideofilter_youtubekey Fm_config_meta_reference Sfields_firewall_address Zfirewall_addrgrp
  Zfirewall_centralsnatmap Zfirewall_policy Zfirewall_service_custom Zfirewall_service_group
  Opblock_firewall_consolidated_policy Zwall_consolidated_policy_sectionvalue Zwall_policy Zwall_policy6
  Zwall_policy6_sectionvalue Zwall_policy_sectionvalue Zwall_proxypolicy Zwall_proxypolicy_sectionvalue
  Zwall_securitypolicy Zwall_securitypolicy_sectionvalue Oreset_database Oupgrade Oworkspace_commit Ylock Yunlock
  Hdevprof_adom Ppkg Pscopemember Hpblock_adom Oobj Ikg K_adom Lglobal Lscopemember Hwanprof_adom Ppkg Pscopemember
  Eqosprofile Eregion Gname Fouter_accesslist V6 W_rule V_rule Mspathlist V_rule Lcommunitylist Y_rule Lprefixlist V6
  W_rule V_rule Lroutemap T_rule Esctpfilter_profile W_ppidfilters Fecurityconsole_abort Vssign_package Ucliprof_check
  Uimport_dev_objs Vnstall_device Zll_objects_v2 Zll_package Zll_preview Upackage_cancel_install Zge_clone Zge_commit
  Zge_move Vblock_clone Vreview_result Ureinstall_package Usign_certificate_template Utemplate_cli_preview
  Fpamfilter_bwl S_entries Rord U_entries Pdnsbl U_entries Piptrust W_entries Pmheader W_entries Pprofile W_gmail
  Ximap Xmapi Ysnhotmail Xpop3 Xsmtp Xyahoomail Fshfilter_profile V_filefilter Zefilter_entries Wshellcommands
  Fwitchcontroller_acl_group Zingress Zingress_action Zingress_classifier Vcustomcommand Vdsl_policy Wynamicportpolicy
  Zmicportpolicy_policy Vfortilinksettings Zilinksettings_nacports Vlldpprofile Zprofile_customtlvs
  Zprofile_medlocationservice Zprofile_mednetworkpolicy Vmacpolicy Xnagedswitch Zgedswitch_customcommand
  Zgedswitch_dhcpsnoopingstaticclient Zgedswitch_ipsourceguard Zgedswitch_ipsourceguard_bindingentry Zgedswitch_ports
  Zgedswitch_ports_dhcpsnoopoption82override Zgedswitch_remotelog Zgedswitch_routeoffloadrouter
  Zgedswitch_snmpcommunity Zgedswitch_snmpcommunity_hosts Zgedswitch_snmpsysinfo Zgedswitch_snmptrapthreshold
  Zgedswitch_snmpuser Zgedswitch_vlan Vptp_profile Vqos_dot1pmap Zipdscpmap Zipdscpmap_map Zqospolicy Zqueuepolicy
  Zqueuepolicy_cosqueue Vsecuritypolicy_8021x Zritypolicy_captiveportal Wwitchinterfacetag Vtrafficpolicy Vvlanpolicy
  Fys_api_sdnconnector Icloud_orchest Igenerate_wsdl Ihitcount Ilogin_challenge Ouser Lout Iproxy_json Ireboot
  Itask_result Htem_admin_group W_member Rldap V_adom Rprofile Y_datamaskcustomfields Zwritepasswdprofiles
  Zwritepasswduserlist Rradius Rsetting Rtacacs Ruser V_adom Zmexclude Xppfilter Wdashboard Zhboardtabs Wipsfilter
  Wmetadata Wpolicyblock Zicypackage Wrestrictdevvdom Wwebfilter Mlertconsole Qemail Rvent V_alertdestination
  Mutodelete V_dlpfilesautodeletion Wlogautodeletion Wquarantinefilesautodeletion Wreportautodeletion
  Lbackup_allsettings Lcertificate_ca Yrl Xlocal Xoftp Xremote Xssh Monnector Msf O_fabricconnector Ptrustedlist
  Mustomlanguage Ldhcp_server W_excluderange Xiprange Xoptions Xreservedaddress Mm Mns Mocker Lexternalresource Lfips
  Mmgcluster V_peer Mortiguard Qview_autocache Vsetting Lgeoipcountry Qoverride Y_ip6range Ziprange Mlobal Muiact Lha
  N_monitoredinterfaces Yps Opeer Nscheduledcheck Linterface U_ipv6 Vmember Llocalinpolicy Y6 Qlog_disk_filter
  Zsetting Ufortianalyzer2_filter Zanalyzer2_setting Zanalyzer3_filter Zanalyzer3_setting Zanalyzer_filter
  Zanalyzer_setting Umemory_filter Zy_setting Usetting Vyslogd2_filter Zgd2_setting Zgd3_filter Zgd3_setting
  Zgd_filter Zgd_setting Ng_alert Pdevicedisable Vselector Pfospolicystats Pinterfacestats Qoc Pmaildomain Pratelimit
  Y_device Zratelimits Psettings X_rollinganalyzer Zollinglocal Zollingregular Ptopology Pueba Ofetch_clientprofile
  Ztprofile_devicefilter Ztprofile_logfilter Userversettings Lmail Mcpolicydisabledadoms Meta P_sysmetafields
  Pdata_admins Lnpu O_backgroundssescan Pdosoptions Qswdtsprofile Squeuedtsprofile Pfpanomaly Phpe Picmpratectrl
  Qpreassembly Qsfnpqueues Pnpqueues X_ethernettype Yipprotocol Zpservice Yprofile Yscheduler Rutcam W_data Xmask
  Yiract Xpriact Xsact Xtact Pportcpumap Tnpumap Tpathoption Qriorityprotocol Pssehascan Qwehhash Rtrhash
  Ptcptimeoutprofile Pudptimeoutprofile Mtp O_ntpserver Lobjecttag Uging Lpasswordpolicy Lreplacemsggroup Zp_admin
  Zp_alertmail Zp_auth Zp_automation Zp_custommessage Zp_devicedetectionportal Zp_ec Zp_fortiguardwf Zp_ftp Zp_http
  Zp_icap Zp_mail Zp_mm1 Zp_mm3 Zp_mm4 Zp_mm7 Zp_mms Zp_nacquar Zp_nntp Zp_spam Zp_sslvpn Zp_trafficquota Zp_utm
  Zp_webproxy Vimage Oort_autocache Sestbrowsetime Sgroup X_chartalternative Ygroupby Ssetting Moute Q6 Lsaml
  P_fabricidp Mdnconnector X_compartmentlist Yexternalaccountlist Zxternalip Yforwardingrule Ygcpprojectlist Ynic
  Zic_ip Yociregionlist Yroute Zoutetable Zoutetable_route Oproxy Mmsserver Mniffer Nmp_community Z_hosts Z_hosts6
  Qsysinfo Quser Mocfabric U_trustedlist Mql O_customindex Vskipidx Ptsindexfield Mslciphersuites Myslog
  Lvirtualwirepair Lwebproxy Morkflow_approvalmatrix Zvalmatrix_approver Etelemetrycontroller_agentprofile
  Zpplication_predefine Yprofile Zrofile_application Zrofile_application_sla Gmplate Mgroup Eum_image_upgrade U_ext
  Gs_setting Fser_adgrp Jcertificate Klearpass Konnector Jdevice P_dynamicmapping Qtagging Paccesslist Z_devicelist
  Pcategory Pgroup U_dynamicmapping Vtagging Komaincontroller Z_extraserver Jexchange Lternalidentityprovider Jflexvm
  Kortitoken Ksso N_dynamicmapping Npolling U_adgrp Jgroup O_dynamicmapping Zping_guest Zping_match
  Zping_sslvpnoschecklist Pguest Pmatch Jjson Jkrbkeytab Jldap N_dynamicmapping Kocal Jnsx M_service Jpasswordpolicy
  Keer Ngrp Kop3 Kxgrid Jradius P_accountingserver Qdynamicmapping Zpping_accountingserver Jsaml N_dynamicmapping Kcim
  Kecurityexemptlist Zst_rule Jtacacs P_dynamicmapping Jvcenter Q_rule Ftmprofile Evap H_dynamicmapping Imacfilterlist
  Jpskkey Iportalmessageoverrides Ivlanname Mpool Hgroup Fideofilter_keyword X_word Qprofile X_filters
  Zortiguardcategory Zortiguardcategory_filters Qyoutubechannelfilter Zannelfilter_entries Xkey Grtualpatch_profile
  Y_exemption Foip_profile Q_msrp Rsccp Sip Fpn_certificate_ca Uocspserver Uremote Iipsec_fec R_mappings Issl_settings
  U_authenticationrule Hmgr_node P_iprange Sv4excluderange Qprotectedsubnet Qsummaryaddr Lvpntable
  Hsslweb_hostchecksoftware Zftware_checkitemlist Oportal U_bookmarkgroup Zmarkgroup_bookmarks
  Zmarkgroup_bookmarks_formdata Vlandingpage Zingpage_formdata Vmacaddrcheckrule Voschecklist Vsplitdns Orealm
  Ovirtualdesktopapplist Ztopapplist_apps Ewaf_mainclass Iprofile P_addresslist Qconstraint Zt_contentlength
  Zt_exception Zt_headerlength Zt_hostname Zt_linelength Zt_malformed Zt_maxcookie Zt_maxheaderline Zt_maxrangesegment
  Zt_maxurlparam Zt_method Zt_paramlength Zt_urlparamlength Zt_version Qmethod W_methodpolicy Qsignature
  Z_customsignature Z_mainclass Qurlaccess Z_accesspattern Isignature Jubclass Ggprofile Gnopt_authgroup Lpeer Mrofile
  S_cifs Tftp Thttp Tmapi Ttcp Hprof_system_sdwan Y_duplication Zhealthcheck Zhealthcheck_sla Zmembers Zneighbor
  Zservice Zservice_sla Zzone Tvirtualwanlink Zlwanlink_healthcheck Zlwanlink_healthcheck_sla Zlwanlink_members
  Zlwanlink_neighbor Zlwanlink_service Zlwanlink_service_sla Febfilter_categories Pontent V_entries Vheader
  Zer_entries Oftgdlocalcat Xrating Oprofile V_antiphish Ziphish_custompatterns Ziphish_inspectionentries Wfilefilter
  Zefilter_entries Xtgdwf Zdwf_filters Zdwf_quota Woverride Wurlextraction Wweb Wyoutubechannelfilter Ourlfilter
  X_entries Hproxy_forwardserver Zrgroup Zrgroup_serverlist Nprofile U_headers Nwisp Fidsprofile
  Greless_accesscontrollist Zllist_layer3ipv4rules Zllist_layer3ipv6rules Oddress Rgrp Nssidpolicy Oyslogprofile
  Nvap_ip6prefixlist Ftpprofile O_denymaclist Peslsesdongle Plan Qbs Pplatform Pradio1 U2 U3 U4 Psplittunnelingacl
module fortinet.fortios
  fortios_alertemail_setting* Intivirus_exempt_list Rheuristic* Rmms_checksum Rnotification Rprofile* Rquarantine*
  Rsettings* Ipplication_custom* Tgroup* Tlist* Tname* Trule_settings* Iuthentication_rule* Wscheme* Xetting*
  Komation_setting Hcasb_attribute_match Mprofile Msaas_application Muser_activity Iertificate_ca Url Thsm_local
  Tlocal Tremote Iifs_domain_controller Mprofile Ionfiguration_fact Iredential_store_domain_controller
  Hdiameter_filter_profile Ilp_data_type Mictionary Lexact_data_match Lfilepattern* Mp_doc_source* Osensitivity*
  Llabel Lprofile Lsensitivity Por* Nttings* Insfilter_domain_filter* Rprofile* Ipdk_cpus Mglobal
  Hemailfilter_block_allow_list Uwl Vord Tdnsbl Tfortishield Tiptrust Tmheader Toptions Tprofile
  Indpoint_control_client* Yfctems Zctems_override Zorticlient_ems* Zorticlient_registration_sync* Yprofile*
  Yregistered_forticlient Ysettings* Ixport_config_playbook Jtender_controller_dataplan Zr_extender*
  Zr_extender_profile Qextender_info Qlte_carrier_by_mcc_mnc Zer_list Qmodem_status Qsys_info
  Msion_controller_dataplan Zer_extender Zer_extender_profile Zer_extender_vap Zer_fortigate Zer_fortigate_profile
  Hfile_filter_profile Jrewall_access_proxy Zoxy6 Zoxy_ssh_client_cert Zoxy_virtual_host Sl T6 Rddress* X6*
  Y_template* Ugrp* X6* Ruth_portal* Qcarrier_endpoint_bwl Rentral_snat_map* Rity Ronsolidated_policy Suntry
  Qdecrypted_traffic_mirror Rnstranslation* Ros_policy Zy6 Qglobal Rtp Qidentity_based_route* Rnterface_policy*
  Z_policy6* Vnet_service* Zservice_addition Zservice_append Zservice_botnet Zservice_custom* Zservice_custom_group
  Zservice_definition Zservice_extension Zservice_fortiguard Zservice_group* Zservice_ipbl_reason Zservice_ipbl_vendor
  Zservice_list Zservice_name Zservice_owner Zservice_reputation Zservice_sld Rp_translation* Smacbinding_setting*
  Zing_table* Spool* W6* Srope_list Sv6_eh_filter* Qldb_monitor* Rocal_in_policy* Zpolicy6* Qmms_profile
  Rulticast_address* Z_address6* Z_policy* Z_policy6* Qnetwork_service_dynamic Qon_demand_sniffer Qpfcp Rolicy* W46*
  W6* X4* Rrofile_group* Yprotocol_options* Tute Txy_address* Zrgrp* Wpolicy* Qregion Qschedule_group* Zonetime*
  Zrecurring* Recurity_policy Srvice_category* Zustom* Ygroup* Rhaper_per_ip_shaper* Xtraffic_shaper* Uing_policy*
  Zrofile* Rniffer* Rsh_host_key* Ulocal_ca* Z_key* Usetting* Sl_server* Wtting* Vsh_profile* Qtraffic_class
  Rtl_policy* Qvendor_mac Rip* T46* T6* U4* Tgrp* W46* W6* X4* Qwildcard_fqdn_custom* Zfqdn_group* Itp_proxy_explicit*
  Hgtp_apn O_shaper Ogrp Lie_allow_list Owhite_list Lmessage_filter_v0v1 Z_v2 Lrat_timeout_profile Ltunnel_limit
  Hhardware_nic Rpu_np6_dce Ysession_stats Zse_stats Hicap_profile* Mserver* S_group Ips_custom* Ldecoder* Lglobal*
  Lrule* P_settings* Lsensor* Nttings* Lview_map Hjson_generic Hlog_custom_field* Ldisk_filter* Qsetting*
  Leventfilter* Lfact Mortianalyzer2_filter* Z_override_filter Z_override_setting Z_setting* Y3_filter*
  Z_override_filter Z_override_setting Z_setting* Y_cloud_filter Zcloud_override_filter Zcloud_override_setting
  Zcloud_setting Zfilter* Zoverride_filter* Zoverride_setting* Zsetting* Qguard_filter* Woverride_filter*
  Zrride_setting* Wsetting* Lgui_display* Lmemory_filter* Sglobal_setting* Ssetting* Lnull_device_filter* Xsetting*
  Lsetting* Myslogd2_filter* Uoverride_filter Zide_setting Usetting* S3_filter* Uoverride_filter Zide_setting
  Usetting* S4_filter* Uoverride_filter Zide_setting Usetting* S_filter* Toverride_filter* Zde_setting* Tsetting*
  Ltacacsplusaccounting2_filter Zunting2_setting Zunting3_filter Zunting3_setting Zunting_filter Zunting_setting
  Mhreat_weight* Lwebtrends_filter* Vsetting* Hmonitor O_fact Oing_np6_ipsec_engine Uu_hpe Hnsxt_service_chain Otting
  Hpfcp_message_filter Hreport_chart* Odataset* Olayout* Osetting* Ptyle* Otheme* Iouter_access_list* Z6* Pspath_list*
  Puth_path* Obfd* R6* Pgp* Ocommunity_list* Oextcommunity_list Oisis* Okey_chain* Omulticast* X6* X_flow* Oospf* S6*
  Opolicy* U6* Prefix_list* Z6* Orip* Rng* Poute_map* Osetting* Ptatic* U6* Hsctp_filter_profile Ipamfilter_bwl* Uord*
  Sdnsbl* Sfortishield* Siptrust* Smheader* Soptions* Sprofile* Ish_filter_profile* Iwitch_controller_802_1x_settings
  Zacl_group Zacl_ingress Zauto_config_custom Zauto_config_default Zauto_config_policy Zcustom_command*
  Zdynamic_port_policy Zflow_tracking Zfortilink_settings Zglobal* Zigmp_snooping* Zinitial_config_template
  Zinitial_config_vlans Zip_source_guard_log Zlldp_profile* Zlldp_settings* Zlocation Zmac_policy Zmac_sync_settings*
  Zmanaged_switch* Znac_device Znac_settings Znetwork_monitor_settings* Zpoe Zport_policy Zptp_interface_policy
  Zptp_policy Zptp_profile Zptp_settings Zqos_dot1p_map* Zqos_ip_dscp_map* Zqos_qos_policy* Zqos_queue_policy*
  Zquarantine* Zremote_log Zsecurity_policy_802_1x Zsecurity_policy_captive_portal* Zsecurity_policy_local_access
  Zsflow* Zsnmp_community Zsnmp_sysinfo Zsnmp_trap_threshold Zsnmp_user Zstorm_control* Zstorm_control_policy
  Zstp_instance Zstp_settings* Zswitch_group* Zswitch_interface_tag* Zswitch_log* Zswitch_profile* Zsystem*
  Ztraffic_policy Ztraffic_sniffer Zvirtual_port_pool* Zvlan* Zvlan_policy Iystem_3g_modem_custom Oaccprofile* Qme
  Pdmin* Pffinity_interrupt* Xpacket_redistribution* Plarm* Qias* Ppi_user* Prp_table* Puto_install* Tscript*
  Smation_action* Zcondition Zdestination* Zstitch* Ztrigger* Supdate_push_update* Zschedule* Ztunneling*
  Ocentral_management* Ploud_service Quster_sync* Ponsole* Psf* Pustom_language* Oddns* Pedicated_mgmt* Qvice_upgrade
  Zade_exemptions Phcp6_server* S_server* Pns* R64 R_database* Sserver* Pscp_based_priority* Oemail_server* Pvpn
  Pxternal_resource* Ofabric_vpn Pederated_upgrade Pips_cc* Pm* Portiai Tdata Tguard* Tmanager* Tndr Tsandbox*
  Psso_polling* Ptm_push* Ogeneve Qoip_country Uoverride* Pi_gk Plobal* Pre_tunnel* Oha* Q_monitor*
  Pealth_check_fortiguard Oike Pnterface* Ppam Qip_tunnel* Qs R_urlfilter_dns* Zer_dns6* Rec_aggregate
  Qv6_neighbor_cache* Ttunnel* Psf_queue_profile Olink_monitor* Pldp_network_policy Pte_modem Omac_address_table*
  Qnagement_tunnel* Pem_mgr Pobile_tunnel* Qdem Onat64* Pd_proxy* Petflow* Rwork_visibility* Pgfw_settings Pp6 Qu
  R_vlink Ptp* Oobject_tagging* Opassword_policy* Zlicy_guest_admin* Pcp_server Performance_top Physical_switch
  Pppoe_interface* Probe_response* Rxy_arp* Ptp Oreplacemsg_admin* Zalertmail* Zauth* Zautomation
  Zdevice_detection_portal* Zec* Zfortiguard_wf* Zftp* Zgroup* Zhttp* Zicap* Zimage* Zmail* Zmm1 Zmm3 Zmm4 Zmm7 Zmms
  Znac_quar* Znntp* Zspam* Zsslvpn* Ztraffic_quota* Zutm* Zwebproxy* Qsource_limits* Osaml Pdn_connector* Sproxy Svpn
  Qwan Pecurity_rating_controls Zting_settings Qssion_helper* Wttl* Qttings* Pflow* Pit_tunnel* Pmc_ntp Qs_server*
  Pnmp_community* Tmib_view Trmon_stat Tsysinfo* Tuser* Ppeed_test_schedule Zserver Zsetting Psh_config Qo_admin
  Sforticloud_admin Xgate_cloud_admin Ptandalone_cluster Qorage* Qp Pwitch_interface* Otos_based_priority* Ovdom*
  S_dns* Texception* Tlink* Tnetflow* Tproperty* Tradius_server* Tsflow* Pirtual_switch Wwan_link* Xire_pair*
  Pne_interface Stunnel Pxlan* Owccp* Ozone* Htelemetry_controller_agent Zer_agent_profile Zer_application_predefine
  Zer_global Zer_profile Huser_adgrp* Mcertificate Mdevice* S_access_list* Tcategory* Tgroup* Nomain_controller*
  Mexchange Oternal_identity_provider Mfortitoken* Nsso* Q_polling* Mgroup* Mkrb_keytab* Mldap* Nocal* Mnac_policy
  Mpassword_policy* Neer* Qgrp* Nop3* Mquarantine* Mradius* Msaml Ncim Necurity_exempt_list* Otting* Mtacacsplus*
  Hvideofilter_keyword Tprofile Tyoutube_channel_filter Ze_key Jrtual_patch_profile Ioip_profile* Ipn_certificate_ca*
  Yrl* Xhsm_local Xlocal* Xocsp_server* Xremote* Xsetting* Like_gateway Mpsec_concentrator* Rfec Sorticlient*
  Rmanualkey* Zy_interface* Rphase1* X_interface* W2* X_interface* Lkmip_server Ll2tp* Locvpn Lpptp* Lqkd Lssl_client
  Psettings* Pweb_host_check_software* Tportal* Trealm* Tuser_bookmark* Ygroup_bookmark* Hwaf_main_class* Lprofile*
  Lsignature* Mub_class* Jnopt_auth_group* Ocache_service* Pontent_delivery_network_rule* Opeer* Profile*
  Oremote_storage* Osettings* Owebcache* Ieb_proxy_debug_url* Rexplicit* Rfast_fallback Sorward_server* Zserver_group*
  Rglobal* Risolator_server Rprofile* Rurl_match* Rwisp* Kfilter_content* Y_header* Rfortiguard* Stgd_local_cat*
  Zal_rating* Zal_risk Wrisk_level Rips_urlfilter_cache_setting* Zilter_setting* Zilter_setting6* Roverride* Rprofile*
  Rsearch_engine* Status Rurlfilter* Iireless_controller_access_control_list Zr_address Zr_addrgrp Zr_ap_status*
  Zr_apcfg_profile Zr_arrp_profile Zr_ble_profile* Zr_bonjour_profile* Zr_client_info Zr_global*
  Zr_hotspot20_anqp_3gpp_cellular* Zr_hotspot20_anqp_ip_address_type* Zr_hotspot20_anqp_nai_realm*
  Zr_hotspot20_anqp_network_auth_type* Zr_hotspot20_anqp_roaming_consortium* Zr_hotspot20_anqp_venue_name*
  Zr_hotspot20_anqp_venue_url Zr_hotspot20_h2qp_advice_of_charge Zr_hotspot20_h2qp_conn_capability*
  Zr_hotspot20_h2qp_operator_name* Zr_hotspot20_h2qp_osu_provider* Zr_hotspot20_h2qp_osu_provider_nai
  Zr_hotspot20_h2qp_terms_and_conditions Zr_hotspot20_h2qp_wan_metric* Zr_hotspot20_hs_profile* Zr_hotspot20_icon*
  Zr_hotspot20_qos_map* Zr_inter_controller* Zr_log Zr_mpsk_profile Zr_nac_profile Zr_qos_profile* Zr_region
  Zr_rf_analysis Zr_setting* Zr_snmp Zr_spectral_info Zr_ssid_policy Zr_status Zr_syslog_profile Zr_timers*
  Zr_utm_profile* Zr_vap* Zr_vap_group* Zr_vap_status Zr_wag_profile Zr_wids_profile* Zr_wtp* Zr_wtp_group*
  Zr_wtp_profile* Zr_wtp_status Hztna_reverse_connector Mtraffic_forward_proxy Zrd_proxy_reverse_service Mweb_portal
  W_bookmark Rroxy
module google.cloud
  gcp_alloydb_backup Lcluster Linstance Luser Eppengine_firewall_rule* Ze_info* Dbigquery_dataset* T_info* Mtable*
  R_info* Gtable_instance U_info Dcloudbuild_trigger* V_info* Ifunctions_cloud_function* Zunction_info*
  Ischeduler_job* V_info* Itasks_queue* T_info* Eompute_address* S_info* Mutoscaler* V_info* Lbackend_bucket* Z_info*
  Tservice* Ze_info* Ldisk* P_info* Lexternal_vpn_gateway Zateway_info Lfirewall* T_info* Morwarding_rule* Ze_info*
  Lglobal_address* Z_info* Sforwarding_rule* Zing_rule_info* Lhealth_check* X_info* Mttp_health_check* Zeck_info*
  Ps_health_check* Zheck_info* Limage* Q_info* Mnstance* T_group* Z_info* Z_manager* Z_manager_info* Uinfo* Utemplate*
  Zate_info* Nterconnect_attachment* Zttachment_info* Lnetwork* S_endpoint_group* Znt_group_info* Tinfo* Mode_group*
  V_info* Qtemplate* Y_info* Lregion_autoscaler Zler_info Sbackend_service* Z_service_info* Sdisk* W_info*
  Shealth_check Zcheck_info Sinstance_group_manager Ze_group_manager_info Starget_http_proxy Zhttp_proxy_info
  Zhttps_proxy Zhttps_proxy_info Surl_map Z_info Nservation* W_info* Oource_policy Zy_info Moute* Q_info* Qr* R_info*
  Lsnapshot* T_info* Msl_certificate* Ze_info* Ppolicy* V_info* Mubnetwork* V_info* Ltarget_http_proxy* Zoxy_info*
  Ws_proxy* Zroxy_info* Sinstance* Ze_info* Spool* W_info* Sssl_proxy* Zxy_info* Stcp_proxy* Zxy_info* Svpn_gateway*
  Zeway_info* Lurl_map* S_info* Lvpn_tunnel* V_info* Fntainer_cluster* U_info* Nnode_pool* W_info* Ddns_managed_zone*
  T_info* Hresource_record_set* Zt_info* Dfilestore_instance* V_info* Diam_role* L_info* Hservice_account* W_info*
  Xkey* Dkms_crypto_key* R_info* Hkey_ring* P_info* Dlogging_metric* R_info* Dmlengine_model* R_info* Mversion*
  T_info* Dparameter_manager Eubsub_subscription* W_info* Ktopic* P_info* Dredis_instance* R_info*
  Fsourcemanager_project* Zt_info* Euntimeconfig_config* X_info* Rvariable* Z_info* Dsecret_manager
  Frviceusage_service* X_info* Eourcerepo_repository* Y_info* Epanner_database* T_info* Linstance* T_info*
  Eql_database* P_info* Hinstance* P_info* Hssl_cert Huser* L_info* Etorage_bucket* R_access_control*
  Ldefault_object_acl Lobject* Dtpu_node* L_info*
module grafana.grafana
  alert_contact_point Fnotification_policy cloud_api_key Fplugin Fstack dashboard Btasource folder user
module hetzner.hcloud
  certificate K_info datacenter_info firewall H_info Iresource floating_ip K_info hcloud_certificate R_info
  Gdatacenter_info Gfirewall O_info Presource Hloating_ip R_info Gimage_info Hso_info Gload_balancer T_info Unetwork
  Uservice Utarget Vype_info Ication_info Gnetwork N_info Gplacement_group Hrimary_ip Q_info Grdns Houte Gserver
  M_info Nnetwork Ntype_info Hsh_key N_info Hubnetwork Gvolume M_attachment Ninfo Gzone K_info Lrrset Q_info
  image_info iso_info load_balancer M_info Nnetwork Nservice Ntarget Oype_info Bcation_info network G_info
  placement_group primary_ip J_info rdns route server F_info Gnetwork Gtype_info ssh_key G_info subnetwork volume
  F_attachment Ginfo zone D_info Errset J_info
module hitachivantara.vspone_block.sds_block
  hv_sds_block_authentication_ticket Mcapacity_management_settings_facts Nhap_user V_facts Nluster T_config_facts
  Nompute_node Y_facts Uport Y_authentication Ontrol_port_facts Mdrive Rs_facts Mencryption_environment_setting_facts
  Zvironment_settings Xkey Zy_count_facts Zy_facts Nvent_logs_facts Mfault_domain_facts Minternode_port_facts
  Mjob_facts Mport_facts Nrotection_domain Zmain_facts Mremote_iscsi_port Zport_facts Tpath_group Zroup_facts Msession
  T_facts Nnapshot U_facts Omp_settings Z_facts Noftware_update_file_facts Npare_node W_facts Ntorage_controller
  Zoller_facts Unetwork_setting_facts Vode Y_bmc_connection Zbmc_connection_facts Zfacts Znetwork_settings_facts Upool
  Y_estimated_capacity_facts Zfacts Usoftware_update Vystem Zm_facts Utime_facts Muser Q_facts Rgroup W_facts Mvolume
  S_facts Nps P_facts Mweb_server W_facts
module hitachivantara.vspone_block.vsp
  hv_audit_log_transfer_dest Z_facts Cclpr G_facts Dmd_dev Cddp_pool K_facts Disk_drive M_facts Cexternal_paritygroup
  W_facts Nth_group V_facts Lvolume R_facts Cgad F_facts Chg E_facts Dur F_facts Ciscsi_remote_connection Z_facts
  Itarget O_facts Cjournal J_facts Kvolume Q_facts Cldev G_facts Cmp_facts Cnvm_subsystems Q_facts Cparitygroup
  N_facts Cquorum_disk N_facts Cremote_connection T_facts Lpy_group T_facts Jstorage_registration Ztion_facts
  Esource_group Q_facts Rlock Cserver_priority_manager Z_facts Dhadow_image_group U_facts Ppair T_facts Dnapshot
  K_facts Lgroup Q_facts Emp_settings P_facts Dtorage_port O_facts Ksystem Q_monitor_facts Jpool N_facts Jsystem_facts
  Ctroubleshooting_facts Euecopy K_facts Cupload_file Dser G_facts Hgroup M_facts Cvsp_one_port O_facts Kserver
  Q_facts Rhba_facts Lnapshot S_facts Tgroup Y_facts Kvolume Q_facts
module hitachivantara.vspone_object.oneobject_node
  hv_certificates O_facts Dsrf Cevents_facts Cgalaxy_facts Cjob Fs_facts Ckmip G_server_facts Clicense Js_facts
  Cregion_facts Cs3_encryption P_facts Fuser_credentials Derial_number P_facts Dtorage_class P_facts Lomponent
  T_state_update Ts_facts Kfault_domain W_facts Ctroubleshooting_facts Cuser_buckets_facts Hid_facts Gs_facts
module ibm.qradar
  analytics_rules deploy log_source_management Js_management offense_action Hinfo Hnote qradar_analytics_rules Gdeploy
  Glog_source_management Qs_management Goffense_action Oinfo Onote Grule K_info rule D_info
module ibm.storage_virtualize
  ibm_sv_manage_awss3_cloudaccount Ncloud_backups Ndrive Nfc_partnership Pportsetmember Olashsystem_grid
  Nip_partnership Nprovisioning_policy Nreplication_policy Nsecurity Onapshot Vpolicy Osl_certificate
  Otorage_partition Oyslog_server Ntruststore_for_replication Grestore_cloud_backup Gswitch_replication_direction
  Fc_auth Hcomplete_initial_setup Hhost Lcluster Hinfo Jitial_setup Hmanage_callhome Ponsistgrp_flashcopy Pv
  Oflashcopy Oip Omigration Qrrored_volume Oownershipgroup Oportset Oreplication Zgroup Osafeguarded_policy Pra Ouser
  Sgroup Ovolume Ugroup Idisk Mgrp Hstart_stop_flashcopy Sreplication Hvol_map Ginfo_command Gtask_command
module ieisystem.inmanage
  ad_group H_info Cinfo Bapter_info Bd_ldisk alert_policy_info audit_log_info Bto_capture_info backplane_info Dup
  bios_export Eimport Fnfo bmc_info boot_image_info Eoption_info clear_audit_log Fevent_log Fsystem_log
  collect_blackbox Hlog Bnnect_media_info cpu_info del_session dns_info download_auto_screenshot Imanual_screenshot
  edit_ad Flert_policy Futo_capture Ebios Foot_image Joption Econnect_media Edns Eevent_log_policy Efan Fru Eipv4 H6
  Ekvm Eldap Gisk Fog_setting Em6_log_setting Fanual_capture Fedia_instance Encsi Fetwork L_bond Mlink Ftp Epdisk
  Fower_budget Krestore Kstatus Freserve_config Fsu_config Ipeak Erestore_factory_default Eservice Fmtp I_com Jdest
  Fnmp I_trap Fystem_lock_mode Ethreshold Euid Evirtual_media Flan event_log_info Jpolicy_info fan_info fru_info
  fw_version_info gpu_info hard_disk_info hba_info kvm_info ldap_group J_info Einfo Bisk_info log_setting_info
  media_instance_info Bm_info ncsi_info network_bond_info Hinfo Hlink_info ntp_info onboard_disk_info pcie_info
  pdisk_info power_budget_info Fconsumption_info Frestore_info Fstatus_info preserve_config_info psu_config_info Dinfo
  Dpeak_info raid_info reset_bmc Fkvm Ctore self_test_info Bnsor_info Brver_info Dice_info Bssion_info smtp_info
  snmp_info Etrap_info support_info system_lock_mode_info Ig_info temp_info threshold_info uid_info update_cpld Gfw
  Gpsu user D_group J_info Einfo virtual_media_info volt_info
module infinidat.infinibox
  infini_certificate Hluster Honfig Gevent Hxport* M_client* Gfibre_channel_switch Hs* Ghost* Ginfinimetrics Gmap
  Hetadata Gnetwork_space Hotification_rule Ttarget Gpool* Irt Gsso Guser Ks_repository Gvol*
module infoblox.nios_modules
  nios_a_record* Faaa_record* Fdminuser Ecname_record* Edns_view* Ftc_lbdn Imonitor_http Qicmp Qpdp Qsip Rnmp Qtcp
  Ipool Iserver Itopology Eextensible_attribute Efixed_address* Ehost_record* Emember* Fx_record* Enaptr_record*
  Fetwork* L_view* Fsgroup* L_delegation Mforwardingmember Tstubserver Mstubmember Eptr_record* Erange Festartservices
  Esrv_record* Etxt_record* Evlan Ezone*
module inspur.ispim
  ad_group H_info Cinfo Bapter_info Bd_ldisk alert_policy_info audit_log_info Bto_capture_info backplane_info Dup
  bios_export Eimport Fnfo bmc_info boot_image_info Eoption_info clear_audit_log Fevent_log Fsystem_log
  collect_blackbox Hlog Bnnect_media_info cpu_info del_session dns_info download_auto_screenshot Imanual_screenshot
  edit_ad Flert_policy Futo_capture Ebios Foot_image Joption Econnect_media Edns Eevent_log_policy Efan Fru Eipv4 H6
  Ekvm Eldap Gisk Fog_setting Em6_log_setting Fanual_capture Fedia_instance Encsi Fetwork L_bond Mlink Ftp Epdisk
  Fower_budget Krestore Kstatus Freserve_config Fsu_config Ipeak Erestore_factory_default Eservice Fmtp I_com Jdest
  Fnmp I_trap Ethreshold Euid Evirtual_media Flan event_log_info Jpolicy_info fan_info fru_info fw_version_info
  gpu_info hard_disk_info hba_info kvm_info ldap_group J_info Einfo Bisk_info log_setting_info media_instance_info
  Bm_info ncsi_info network_bond_info Hinfo Hlink_info ntp_info onboard_disk_info pcie_info pdisk_info
  power_budget_info Fconsumption_info Frestore_info Fstatus_info preserve_config_info psu_config_info Dinfo Dpeak_info
  raid_info reset_bmc Fkvm Ctore self_test_info Bnsor_info Brver_info Dice_info Bssion_info smtp_info snmp_info
  Etrap_info support_info system_log_info temp_info threshold_info uid_info update_cpld Gfw Gpsu user D_group J_info
  Einfo virtual_media_info volt_info
module junipernetworks.junos
  acl_interfaces Cs banner bgp_address_family Dglobal command Bnfig facts hostname interfaces junos* E_acl_interfaces*
  Is* Fbanner* Ggp_address_family Jglobal Fcommand* Hnfig* Ffacts* Fhostname Finterfaces* Fl2_interfaces*
  G3_interfaces* Gacp* J_interfaces* Hg_interfaces* Gldp_global* Kinterfaces* Gogging_global Fnetconf* Gtp_global
  Fospf_interfaces Jv2* K3 Fpackage* Ging* Grefix_lists Frouting_instances Noptions Gpc* Fsecurity_policies W_global
  Ozones Gnmp_server Gtatic_routes* Gystem* Fuser* Fvlans* Grf* l2_interfaces l3_intefaces Grfaces lacp D_intefaces
  Irfaces Bg_interfaces lldp_global Einterfaces logging G_global netconf ntp_global ospf_interfaces Dv2 E3 package
  ping prefix_lists routing_instances Hoptions rpc scp security_policies Q_global Izones snmp_server static_routes
  system user vlans vrf
module kaytus.ksmanage
  ad_group H_info Cinfo Bapter_info Bd_ldisk alert_policy_info audit_log_info Bto_capture_info backplane_info Dup
  bios_export Eimport Fnfo bmc_info boot_image_info Eoption_info clear_audit_log Fevent_log Fsystem_log
  collect_blackbox Hlog Bnnect_media_info cpu_info del_session dns_info download_auto_screenshot Imanual_screenshot
  edit_ad Flert_policy Futo_capture Ebios Foot_image Joption Econnect_media Edns Eevent_log_policy Efan Fru Eipv4 H6
  Ekvm Eldap Gisk Fog_setting Em6_log_setting Fanual_capture Fedia_instance Encsi Fetwork L_bond Mlink Ftp Epdisk
  Fower_budget Krestore Kstatus Freserve_config Fsu_config Ipeak Erestore_factory_default Eservice Fmtp I_com Jdest
  Fnmp I_trap Fystem_lock_mode Ethreshold Euid Evirtual_media Flan event_log_info Jpolicy_info fan_info fru_info
  fw_version_info gpu_info hard_disk_info hba_info kvm_info ldap_group J_info Einfo Bisk_info log_setting_info
  media_instance_info Bm_info ncsi_info network_bond_info Hinfo Hlink_info ntp_info onboard_disk_info pcie_info
  pdisk_info power_budget_info Fconsumption_info Frestore_info Fstatus_info preserve_config_info psu_config_info Dinfo
  Dpeak_info raid_info reset_bmc Fkvm Ctore self_test_info Bnsor_info Brver_info Dice_info Bssion_info smtp_info
  snmp_info Etrap_info support_info system_lock_mode_info Ig_info temp_info threshold_info uid_info update_cpld Gfw
  Gpsu user D_group J_info Einfo virtual_media_info volt_info
module kubernetes.core
  helm D_info Eplugin K_info Full Eregistry_auth Gpository Etemplate k8s* C_auth Dcluster_info Ep Ddrain Dexec Dinfo*
  Djson_patch Dlog Drollback Dscale* Eervice* Dtaint
module kubevirt.core
  kubevirt_vm K_info Ki_info
module lowlydba.sqlserver
  ag_listener Creplica Bent_job I_category Jschedule Ktep availability_group backup credential database dba_multitool
  first_responder_kit hadr install_script Ence_info login E_role maintenance_solution memory nonquery
  resource_governor Ctore rg_resource_pool Cworkload_group sa sp_configure Cwhoisactive Bn tcp_port traceflag user
  D_role
module microsoft.ad
  computer debug_ldap_client domain F_child Hontroller group membership object F_info offline_join ou service_account
  user
module microsoft.iis
  virtual_directory Q_info web_app_pool L_info Glication O_info Csite G_info
module netapp.cloudmanager
  na_cloudmanager_aggregate Qws_fsx Pcifs_server Qonnector_aws Zazure Zgcp Qvo_aws Uzure Tgcp Pinfo Pnss_account
  Psnapmirror Pvolume
module netapp.ontap
  na_ontap_active_directory Y_domain_controllers Jggregate* Jutosupport* T_invoke Mupdate_support Ibgp_config
  Mpeer_group Jroadcast_domain* Y_ports* Icg_snapshot* Jifs* M_acl* Nlocal_group Y_member Tuser X_modify Yset_password
  Nprivileges Nserver* Nunix_symlink_mapping Jli_timeout Kuster* P_ha* Qpeer* Jommand* Idebug Jisk_options Ms* Jns*
  Jomain_tunnel Iefficiency_policy Jms_config Mdestination Mfilter Jxport_policy* V_rule* Ifcp* Jdsd Lp Mt Ls
  Jile_directory_policy Nsecurity_permissions Zmissions_acl Krewall_policy* Lmware_upgrade* Jlexcache* Jpolicy_event
  Rxt_engine Qpolicy Qscope Rtatus Iigroup* O_initiator* Jnfo* Kterface* Jpspace* Jscsi* N_security Ijob_schedule*
  Ikerberos_interface Rrealm* Ildap* M_client* Jicense* Jocal_hosts Kg_forward Lin_messages Jun* L_copy* Mmap*
  P_reporting_nodes Imav_approval_group Mconfig Mrule Jcc_mediator Jetrocluster U_dr_group Jotd* Iname_mappings
  Nservice_switch Jdmp* Jet_ifgrp* Mport* Mroutes* Msubnet* Mvlan* Jfs* Jode* Jtfs_dacl Nsd Kp* L_key Jvme*
  M_namespace* Nsubsystem* Iobject_store* Ipartitions Jorts* Net* Jublickey Iqos_adaptive_policy_group* Mpolicy_group*
  Jtree* Juota_policy Ns* Irest_cli Ninfo Mit Is3_buckets Lgroups Lpolicies Lservices Lusers Jecurity_certificates
  Sonfig Ripsec_ca_certificate Yonfig Xpolicy Rkey_manager* Rssh Krvice_policy Rrocessor_network* Jnaplock_clock
  Mmirror* S_policy Mshot* Q_policy* Kmp* M_config Ntraphosts Joftware_update* Jsh_command Jtorage_auto_giveback
  Qfailover Qunit U_snapshot Jupport_config_backup Jvm* L_options* Iucadapter* Jnix_group* Nuser* Jser* M_role*
  Ivolume* O_autosize* Pclone* Pefficiency Psnaplock Jscan* N_on_access_policy* Rdemand_task* Oscanner_pool*
  Kerver_audit Qcifs_security* Qpeer* U_permissions Iwait_for_condition Jwpn_alias Izapit
module netapp.storagegrid
  na_sg_grid_account Llert_receiver Ludit_destination Mtosupport Kcertificate Llient_certificate Kdns Lomain_name
  Kec_profile Kgateway Lroup Kha_group Lotfix Kidentity_federation Llm_policy U_tag Qol Orule Lnfo Kntp
  Kproxy_settings Kregions Ksnmp Ktenant Lraffic_classes Kuser Kvlan_interface Forg_bucket Jcontainer Jgroup
  Jidentity_federation Knfo Juser N_s3_key
module netapp_eseries.santricity
  na_santricity_alerts T_syslog Osup Ouditlog Pth Nclient_certificate Ndiscover Orive_firmware Nfacts Oirmware Nglobal
  Nhost Rgroup Nib_iser_interface Oscsi_interface Ttarget Nldap Oun_mapping Nmgmt_interface Nnvme_interface
  Nproxy_drive_firmware_upload Tfirmware_upload Tsystems Nserver_certificate Onapshot Otoragepool Oyslog Nvolume
  netapp_e_alerts* Jmg* L_role* Msync* Jsup* Juditlog* Kth* Idrive_firmware* Ifacts* Jirmware* Jlashcache* Iglobal*
  Ihost* Mgroup* Iiscsi_interface* Otarget* Ildap* Jun_mapping* Imgmt_interface* Isnapshot_group* Rimages* Rvolume*
  Jtorage_system* Ppool* Jyslog* Ivolume* O_copy*
module netbox.netbox
  netbox_aggregate Hsn Gcable Hircuit N_termination Pype Hluster N_group Otype Honfig_context Ntemplate Jsole_port
  S_template Oserver_port Z_template Jtact N_assignment Ogroup Orole Hustom_field S_choice_set Nlink Gdata_source
  Hevice* M_bay Q_template Ninterface W_template Nrole Ntype Gexport_template Gfhrp_group Q_assignment Hront_port
  Q_template Ginventory_item U_role Hp_address* Iam_role Gjournal_entry Gl2vpn L_termination Hocation Gmac_address
  Inufacturer Hodule M_bay Ntype Gpermission Hlatform Hower_feed Moutlet S_template Mpanel Nort Q_template Hrefix*
  Iovider O_network Grack K_group Lrole Hear_port P_template Igion Hir Houte_target Gservice N_template Hite* K_group
  Gtag Henant M_group Hoken Hunnel M_group Guser K_group Gvirtual_chassis Odisk Omachine Hlan K_group Hm_interface Hrf
  Gwebhook Hireless_lan S_group Qink
module ngine_io.cloudstack
  cs_account* Dffinitygroup* Ccluster* Donfiguration* Cdisk_offering* Domain* Cfacts* Direwall* Chost* Cimage_store*
  Dnstance* K_facts Linfo* Lnic* O_secondaryip* Lpassword_reset* Kgroup* Dp_address* Dso* Cloadbalancer_rule*
  T_member* Cnetwork* J_acl* N_rule* Koffering* Cphysical_network* Dod* Ertforward* Droject* Cregion* Esourcelimit*
  Dole* G_permission* Euter* Csecuritygroup* P_rule* Ervice_offering* Dnapshot_policy* Dshkeypair* Dtaticnat*
  Eorage_pool* Ctemplate* Draffic_type* Cuser* Cvlan_ip_range* Dmsnapshot* Dolume* Dpc* F_offering* En_connection*
  Hustomer_gateway* Ggateway* Czone* G_facts Hinfo*
module openstack.cloud
  address_scope application_credential auth baremetal_deploy_template Jinspect Jnode N_action Oinfo Jport N_info
  catalog_service O_info coe_cluster K_template Bmpute_flavor N_access Oinfo Hservice_info Bnfig dns_zone H_info
  endpoint federation_idp N_info Kmapping R_info floating_ip K_info group_assignment host_aggregate identity_domain
  O_info Igroup N_info Irole M_info Iuser M_info image E_info keypair G_info Cstone_federation_protocol Zol_info
  lb_health_monitor Clistener Cmember Cpool loadbalancer network Gs_info Butron_rbac_policies_info Ry object
  F_container Ps_info port D_info project G_info quota recordset Bsource Hs role_assignment Buter Fs_info
  security_group N_info Orule S_info Brver F_action Ggroup Ginfo Gmetadata Gvolume share_type J_info stack E_info
  subnet F_pool Fs_info trait Bunk volume F_backup M_info Ginfo Gmanage Gservice_info Hnapshot O_info Gtype K_access
  Lencryption Linfo
module ovirt.ovirt
  ovirt_affinity_group* Olabel* T_info* Gpi_info* Guth* Fcluster* M_info* Fdatacenter* P_info* Gisk* J_info* Kprofile
  Fevent* K_info* Gxternal_provider* W_info* Fgroup* K_info* Fhost* J_info* Knetwork* Kpm* Kstorage_info*
  Finstance_type* Fjob* Fmac_pool* Fnetwork* M_info* Gic* I_info* Fpermission* P_info* Fqos Guota* K_info* Frole*
  Fscheduling_policy_info* Gnapshot* N_info* Gtorage_connection* Ndomain* T_info* Ntemplate_info* Nvm_info*
  Gystem_option_info Ftag* I_info* Gemplate* N_info* Fuser* J_info* Fvm* H_info* Ios_info Hpool* L_info* Gnic_profile*
  R_info*
module purestorage.flasharray
  purefa_ad Imin Hlert* Hpiclient Hrrayname* Hudits Gbanner* Gcbsexpand Herts Honnect* Jsole Gdefault_protection
  Hirectory Jsnap Hns* Hs* Irole* M_old Gendpoint Hradication Hula Hxport Gfile Hleet Hs Ghardware Hg* Host* Ginfo*
  Iventory Gkmip Glogging Gmaintenance Hessages Gnetwork Htp* Goffload* Gpg* Isched Jnap* Hhonehome* Hod J_replica
  Ilicy Hroxy Gra* Healm Gsaml Hessions Hmis Itp* Hnap* Imp* K_agent Hso Hubnet Hyslog* M_settings Gtimeout Hoken
  Guser* Gvg* Hlan Hnc Holume* M_tags Gworkload
module purestorage.flashblade
  purefb_ad Imin Hlert Hpiclient Gbanner Hladename Hucket* M_access Nreplica Gcertgrp Ks Honnect Gdns Hs* Irole* Geula
  Gfleet Hs* I_replica Ggroupquota Ghardware Ginfo* Iventory Gkeytabs Hmip Glag Hifecycle Gmessages Gnetwork* Htp
  Gphonehome Hingtrace Holicy Hroxy Gra* Hemote_cred Gs3acc* Iuser* Haml Herver Hmtp* Hnap* Imp_agent Lmgr Hubnet*
  Hyslog Gtarget Himeout Hz Guser Kpolicy Kquota Gvirtualhost
module ravendb.ravendb
  connection_string database healthcheck index node
module splunk.es
  adaptive_response_notable_event Zevents correlation_search R_info Res data_input_monitor Knetwork Js_monitor
  Lnetwork splunk_adaptive_response_notable_event Zotable_events Gcorrelation_search Y_info Yes Gdata_input_monitor
  Rnetwork Qs_monitor Snetwork
module telekom_mms.icinga_director
  icinga_command N_info Otemplate W_info Gdependency_apply Rtemplate Jloy M_info Gendpoint O_info Ghost K_info
  Ltemplate T_info Kgroup P_info Gnotification S_info Ttemplate Zte_info Gscheduled_downtime Hervice N_apply T_info
  Oinfo Otemplate W_info Ngroup S_info Nset Gtimeperiod Q_info Rtemplate Z_info Guser K_group Q_info Linfo Ltemplate
  T_info Gzone K_info
module theforeman.foreman
  activation_key architecture auth_source_ldap bookmark compute_attribute Hprofile Hresource Bnfig_group
  Ctent_credential Hexport_info Olibrary Orepository Oversion Himport_info Olibrary Orepository Oversion Hupload Hview
  L_filter S_info Trule X_info Mhistory_info Minfo Mversion T_info discovery_rule domain F_info external_usergroup
  flatpak_remote N_repository_mirror Oscan foreman_architecture Iuth_source_ldap Hbookmark Hcompute_attribute Pprofile
  Presource Jnfig_group Hdomain Henvironment Ixternal_usergroup Hglobal_parameter Hhost L_power Lgroup Himage
  Installation_medium Hjob_template Hlocation Hmodel Hoperatingsystem Irganization Is_default_template
  Hprovisioning_template Itable Hrealm Iole Hscap_content Mtailoring_file Jc_account Lproduct Iearch_facts Jtting
  Imart_class_parameter Inapshot Iubnet Htemplates_import Huser Lgroup global_parameter hardware_model host
  D_collection Eerrata_info Einfo Epower Dgroup I_info http_proxy image installation_medium job_invocation Dtemplate
  katello_activation_key Hcontent_credential Pview T_filter Uversion Hhost_collection Hlifecycle_environment Hmanifest
  Hproduct Hrepository R_set Hsync L_plan Hupload lifecycle_environment location operatingsystem organization L_info
  os_default_template partition_table product Cvisioning_template puppet_environment Fclasses_import realm
  Bdhat_manifest Bgistration_command Bpository J_info Kset N_info Lync Bsource_info role scap_content Etailoring_file
  Bc_account Dproduct setting G_info smart_class_parameter U_override_value Fproxy snapshot H_info status_info subnet
  F_info Cscription_info Mmanifest sync_plan templates_import user Dgroup wait_for_task webhook
module vmware.vmware
  appliance_info cluster G_dpm Irs K_recommendations Hha Hinfo Hvcls content_library_item_info Htemplate
  deploy_content_library_ovf Wtemplate Gfolder_template esxi_connection Ehost Emaintenance_mode folder
  F_template_from_vm guest_info import_content_library_iso Wovf license_info local_content_library
  subscribed_content_library tag_associations Dcategories Cs vcsa_backup_schedule T_info Esettings vm
  B_advanced_settings Dpply_customization Clist_group_by_clusters_info Cportgroup_info Ewerstate Cresource_info
  Csnapshot
module vmware.vmware_rest
  appliance_access_consolecli Zi_info Qdcui U_info Qshell V_info Rsh T_info Jhealth_applmgmt_info Qdatabase_info
  Ystorage_info Qload_info Qmem_info Qsoftwarepackages_info Rtorage_info Rwap_info Rystem_info Jinfraprofile_configs
  Zfigs_info Jlocalaccounts_globalpolicy Zobalpolicy_info Xinfo Jmonitoring_info Uquery Jnetworking T_dns_domains
  Zomains_info Yhostname Zostname_info Yservers Zervers_info Ufirewall_inbound Zall_inbound_info Uinfo Wterfaces_info
  Zfaces_ipv4 Zfaces_ipv4_info Zfaces_ipv6 Zfaces_ipv6_info Unoproxy Zxy_info Uproxy Z_info Ktp M_info Jservices
  R_info Khutdown R_info Kystem_globalfips Zs_info Qstorage X_info Qtime_info Vtimezone Zzone_info Qversion_info
  Jtimesync R_info Jupdate_info Jvmon_service V_info content_configuration U_info Hlibrary_info Qtem_info
  Psubscriptions_info Iocallibrary T_info Hsubscribedlibrary Y_info vcenter_cluster_info Hdatacenter R_info
  Lstore_info Hfolder_info Hhost L_info Hnetwork_info Hovf_libraryitem Hresourcepool T_info Hstorage_policies_info Hvm
  J_guest_customization Qfilesystem_directories Qidentity_info Qlocalfilesystem_info Qnetworking_info
  Zg_interfaces_info Zg_routes_info Qoperations_info Qpower V_info Khardware S_adapter_sata Zr_sata_info Zr_scsi
  Zr_scsi_info Tboot X_device Zevice_info Yinfo Tcdrom Y_info Upu W_info Tdisk X_info Tethernet Zet_info Tfloppy
  Z_info Tinfo Tmemory Z_info Tparallel Zel_info Tserial Z_info Kinfo Klibraryitem_info Kpower P_info Kstorage_policy
  Y_compliance Zcompliance_info Zinfo Ktools P_info Sstaller Z_info Jtemplate_libraryitems Zitems_info
module vultr.cloud
  account_info bare_metal block_storage M_info dns_domain J_info Drecord firewall_group N_info Irule M_info instance
  H_info object_storage os_info plan_info Emetal_info region_info Bserved_ip snapshot H_info ssh_key G_info
  startup_script N_info user D_info vpc C2 D_info C_info
module vyos.vyos
  banner bgp_address_family Dglobal command Bnfig facts firewall_global Iinterfaces Irules hostname interface Is
  l3_interface Ls lag_interfaces linkagg lldp D_global Einterface Ns logging_global ntp_global ospf_interfaces Dv2 E3
  ping prefix_lists route_maps snmp_server static_route Ls system user vlan vyos* D_banner* Fgp_address_family Iglobal
  Ecommand* Gnfig* Efacts* Firewall_global* Ninterfaces* Nrules* Ehostname Einterfaces* El3_interfaces*
  Fag_interfaces* Fldp_global* Jinterfaces* Fogging_global Entp_global Eospf_interfaces Iv2* J3 Eping* Frefix_lists
  Eroute_maps Esnmp_server Ftatic_routes* Fystem* Euser* Evlan*
module wti.remote
  cpm_alarm_info Dconfig_backup Krestore Eurrent_info Ddnsservices_config Pinfo Dfirmware_info Mupdate
  Dhostname_config Minfo Dinterface_config Ninfo Eptables_config Minfo Dplugconfig* Ktrol* Eower_info
  Dserial_port_action_info Wset Pconfig* Pinfo* Enmp_config Iinfo Etatus_info Eyslog_client_config Rinfo
  Kserver_config Rinfo Dtemp_info Eime_config Iinfo Duser* Dweb_config Hinfo
filter ansible.builtin
  abs attr b64decode Cencode basename Btch bool capitalize center checksum combinations Fe Cment Donpath Bunt d
  default dict2items Dsort Bfference Brname e escape expanduser Fvars Btract fileglob Dsizeformat Brst flatten Boat
  forceescape Cmat Derly_core_filter Nmasked_filter from_json Eyaml I_all groupby hash human_readable Fto_bytes indent
  Bt Cersect items E2dict join last length list log Bwer mandatory Bp Bx md5 min normpath password_hash Bth_join
  permutations pow pprint product quote random realpath Bgex_escape Ffindall Freplace Fsearch Bject Fattr
  Bkey_on_member Blpath Bplace Bverse root Bund safe select Fattr sha1 Buffle slice sort split Eext strftime Cing
  Dptags subelements Bm symmetric_difference ternary title to_datetime Cjson Cnice_json Hyaml Cuuid Cyaml Bjson trim
  Buncate type_debug union Cque Bvault upper urldecode Cencode Cize Csplit vault win_basename Ddirname Dsplitdrive
  wordcount Dwrap xmlattr zip C_longest
filter ansible.netcommon
  comp_type5* hash_salt* parse_cli* I_textfsm* Fxml* pop_ace type5_pw* vlan_expander Eparser*
filter ansible.utils
  cidr_merge consolidate fact_diff from_xml get_path hwaddr index_of ip4_hex Baddr Bcut Bmath Bsubnet Bv4 C6 Dform
  Bwrap keep_keys macaddr network_in_network Kusable Bxt_nth_usable nthhost param_list_compare previous_nth_usable
  reduce_on_network Bmove_keys Bplace_keys slaac to_paths Cxml usable_range validate
filter ansible.windows
  quote
filter cisco.aci
  aci_listify
filter community.crypto
  gpg_fingerprint openssl_csr_info Hprivatekey_info Iublickey_info parse_serial split_pem to_serial
  x509_certificate_info Frl_info
filter community.dns
  get_public_suffix Dregistrable_domain quote_txt remove_public_suffix Gregistrable_domain Bverse_pointer unquote_txt
filter community.general
  accumulate counter crc32 dict D_kv from_csv Eini groupby_as_dict hashids_decode Hencode jc json_diff Epatch J_recipe
  Equery* keep_keys lists_difference Fintersect Fmergeby Fsymmetric_difference Funion path_join random_mac*
  remove_keys Bplace_keys Bveal_ansible_type to_days Chours Cini Cmilliseconds Enutes Donths Cnice_yaml Cprettytable
  Cseconds Ctime_unit Cweeks Cyaml Dears unicode_normalize version_sort
filter community.hashi_vault
  vault_login_token
filter community.routeros
  join list_to_dict quote_argument N_value split
filter community.sops
  _latest_version decrypt
filter f5networks.f5_modules
  abspath markdev
filter google.cloud
  gcp_kms_decrypt* Hencrypt*
filter hetzner.hcloud
  load_balancer_status
filter infinidat.infinibox
  delta_time
filter kubernetes.core
  k8s_config_resource_name*
filter microsoft.ad
  as_datetime Cguid Csid dn_escape parse_dn split_dn
filter netapp.ontap
  iso8601_duration_from_seconds Qto_seconds
filter ovirt.ovirt
  convert_to_bytes filtervalue get_network_xml_to_dict Dovf_disk_size json_query ovirtdiff Evmip Is Jv4 K6 Iv4 J6
  removesensitivevmdata
filter theforeman.foreman
  cp_label
test ansible.builtin
  abs all any boolean callable change Fd contains defined directory Bvisibleby eq Bualto escaped even exists failed
  Dure Blse Dy file Cter Bnished float formerly_core_masked_test Ntest ge greaterthan gt in Bteger is_abs Cdir Cfile
  Clink Cmount Csame_file Bnan Bsubset Dperset iterable le Bssthan link D_exists lower lt mapping Btch mount nan ne
  none number odd reachable Bgex same_file Das search Bquence skip Dped started Bring subset Bcceeded Ess Gful Bperset
  test timedout true Cthy undefined Breachable upper uri Bl Bn vault_encrypted Eed_file version G_compare
test ansible.utils
  in_any_network Cnetwork Cone_network ip B_address Bv4 D_address Ehostmask Enetmask C6 D_address Eipv4_mapped
  Esixtofour Eteredo loopback mac multicast private public reserved Colvable subnet_of Bpernet_of unspecified validate
test community.general
  a_module ansible_type fqdn_valid
test ovirt.ovirt
  proxied
lookup amazon.aws
  aws_account_attribute* Dcollection_constants Dsecret Frvice_ip_ranges* Esm secretsmanager_secret ssm_parameter
lookup ansible.builtin
  aws_secret Esm config csvfile dict env file Dglob Brst_found indexed_items Bi Bventory_hostnames items lines Bst
  nested nios password pipe random_choice sequence subelements template together unvault url varnames Cs
lookup ansible.utils
  get_path index_of to_paths validate
lookup awx.awx
  controller_api schedule_rrule Nset tower_api Fschedule_rrule
lookup azure.azcollection
  azure_keyvault_secret Fservice_principal_attribute
lookup cisco.aci
  interface_range
lookup community.crypto
  gpg_fingerprint
lookup community.dns
  lookup F_as_dict Grfc8427 reverse_lookup
lookup community.general
  binary_file Btwarden I_secrets_manager cartesian* chef_databag* collection_version Bnsul_kv* credstash*
  cyberarkpassword* dependent dig* dnstxt* dsv etcd* D3 filetree* flattened* github_app_access_token hashi_vault
  hiera* keyring* lastpass* lmdb_kv* merge_variables nios D_next_ip Jnetwork onepassword* K_doc Lraw* Lssh_key
  passwordstore* random_pet Gstring Gwords redis* Bvbitspss shelvefile* tss
lookup community.grafana
  grafana_dashboard*
lookup community.hashi_vault
  hashi_vault* vault_ansible_settings Fkv1_get H2_get Flist Gogin Fread Ftoken_create Fwrite
lookup community.mongodb
  mongodb*
lookup community.rabbitmq
  rabbitmq*
lookup community.sops
  sops
lookup community.windows
  laps_password*
lookup cyberark.conjur
  conjur_variable*
lookup f5networks.f5_modules
  bigiq_license license_hopper
lookup google.cloud
  gcp_parameter_manager Dsecret_manager
lookup infoblox.nios_modules
  nios_lookup Enext_ip* Jnetwork* Jvlan_id
lookup kubernetes.core
  k8s* kustomize
lookup netapp_eseries.santricity
  santricity_host O_detail Klun_mapping Kstorage_pool Kvolume
lookup netbox.netbox
  nb_lookup
lookup vmware.vmware
  moid_from_path
lookup vmware.vmware_rest
  cluster_moid datacenter_moid Dstore_moid folder_moid host_moid network_moid resource_pool_moid vm_moid
options ansible.builtin.apt
  allow-downgrade Os Funauthenticated E_change_held_packages Fdowngrade Os Funauthenticated auto_install_module_deps
  Dclean Dremove cache_valid_time clean deb Bfault-release G_release dpkg_options fail_on_autoremove force E_apt_get
  install-recommends G_recommends lock_timeout name only_upgrade package pkg policy_rc_d purge state update-cache
  F_cache L_retries Qy_max_delay Bgrade
options ansible.builtin.apt_repository
  codename filename install_python_apt mode repo state update-cache F_cache L_retries Qy_max_delay validate_certs
options ansible.builtin.assemble
  attr Dibutes backup decrypt Blimiter Bst group ignore_hidden mode owner regexp Bmote_src selevel Brole Btype Buser
  src unsafe_writes validate
options ansible.builtin.assert
  fail_msg msg quiet success_msg that
options ansible.builtin.blockinfile
  append_newline attr Dibutes backup block content create dest Dfile group insertafter Fbefore marker F_begin Gend
  mode name owner path prepend_newline selevel Brole Btype Buser state unsafe_writes validate
options ansible.builtin.command
  argv chdir cmd creates expand_argument_vars free_form removes stdin E_add_newline Brip_empty_ends
options ansible.builtin.copy
  attr Dibutes backup checksum content decrypt Bst directory_mode follow Brce group local_follow mode owner remote_src
  selevel Brole Btype Buser src unsafe_writes validate
options ansible.builtin.cron
  backup cron_file day disabled dom Bw env hour insertafter Fbefore job minute month name special_time state user
  value weekday
options ansible.builtin.deb822_repository
  allow_downgrade_to_insecure Finsecure Fweak architectures by_hash check_date Fvalid_until components date_max_future
  enabled inrelease_path languages mode name pdiffs signed_by state suites targets trusted types uris
options ansible.builtin.debug
  msg var verbosity
options ansible.builtin.dnf
  allow_downgrade Eerasing autoremove best bugfix cacheonly conf_file disable_excludes Hgpg_check Hplugin Grepo
  download_dir Ionly enable_plugin Frepo exclude Bpire-cache install_repoquery Hweak_deps Groot list lock_timeout name
  nobest pkg releasever security skip_broken sslverify state update_cache Gonly use_backend validate_certs
options ansible.builtin.dpkg_selections
  name selection
options ansible.builtin.fail
  msg
options ansible.builtin.file
  access_time K_format attr Dibutes dest follow Brce group mode Cification_time Q_format name owner path recurse
  selevel Brole Btype Buser src state unsafe_writes
options ansible.builtin.find
  age C_stamp checksum H_algo Mrithm contains depth encoding exact_mode Bclude Gs file_type follow get_checksum hidden
  limit mode name path Ds Ctern Gs read_whole_file Bcurse size use_regex
options ansible.builtin.get_url
  attr Dibutes backup checksum ciphers client_cert Gkey decompress Bst force E_basic_auth group headers http_agent
  mode owner password selevel Brole Btype Buser timeout tmp_dest unredirected_headers Bsafe_writes url C_password
  Dusername use_gssapi Dnetrc Dproxy Crname validate_certs
options ansible.builtin.getent
  database fail_key key service split
options ansible.builtin.git
  accept_hostkey Gnewhostkey archive G_prefix bare clone depth Bst executable force gpg_allowlist Dwhitelist key_file
  name recursive Bference Cspec Bmote Bpo separate_git_dir single_branch ssh_opts track_submodules umask update
  verify_commit Csion
options ansible.builtin.group
  force gid C_max Ein local name non_unique state system
options ansible.builtin.group_by
  key parents
options ansible.builtin.hostname
  name use
options ansible.builtin.include_role
  allow_duplicates apply defaults_from handlers_from name public rolespec_validate tasks_from vars_from
options ansible.builtin.include_tasks
  apply file free-form
options ansible.builtin.include_vars
  depth dir extensions file Ds_matching free-form hash_behaviour ignore_files Gunknown_extensions name
options ansible.builtin.known_hosts
  hash_host host key name path state
options ansible.builtin.lineinfile
  attr Dibutes backrefs Dup create dest Dfile firstmatch group insertafter Fbefore line mode name owner path regex Ep
  search_string Blevel Brole Btype Buser state unsafe_writes validate Cue
options ansible.builtin.meta
  free_form
options ansible.builtin.package
  name state use
options ansible.builtin.package_facts
  manager strategy
options ansible.builtin.pause
  echo minutes prompt seconds
options ansible.builtin.ping
  data
options ansible.builtin.pip
  break_system_packages chdir editable executable Btra_args name requirements state umask version virtualenv J_command
  Kpython Ksite_packages
options ansible.builtin.raw
  executable free_form
options ansible.builtin.reboot
  boot_time_command connect_timeout msg post_reboot_delay pre_reboot_delay reboot_command Gtimeout search_paths
  test_command
options ansible.builtin.replace
  after attr Dibutes backup before dest Dfile encoding group mode name owner path regexp Bplace selevel Brole Btype
  Buser unsafe_writes validate
options ansible.builtin.script
  chdir cmd creates decrypt executable free_form removes
options ansible.builtin.service
  args Cuments enabled name pattern runlevel sleep state use
options ansible.builtin.service_facts

options ansible.builtin.set_fact
  cacheable key_value
options ansible.builtin.setup
  fact_path filter gather_subset Gtimeout
options ansible.builtin.shell
  chdir cmd creates executable free_form removes stdin E_add_newline
options ansible.builtin.slurp
  path src
options ansible.builtin.stat
  attr Dibutes checksum H_algo Mrithm dest follow get_attributes Dchecksum Dmime mime D-type D_type name path
options ansible.builtin.systemd
  daemon-reexec Iload F_reexec Iload enabled force masked name no_block scope service state unit
options ansible.builtin.tempfile
  path prefix state suffix
options ansible.builtin.template
  attr Dibutes backup block_end_string Fstart_string comment_end_string Hstart_string dest follow Brce group
  lstrip_blocks mode newline_sequence output_encoding owner selevel Brole Btype Buser src trim_blocks unsafe_writes
  validate Briable_end_string Istart_string
options ansible.builtin.unarchive
  attr Dibutes copy creates decrypt Bst exclude Btra_opts group include io_buffer_size keep_newer list_files mode
  owner remote_src selevel Brole Btype Buser src unsafe_writes validate_certs
options ansible.builtin.uri
  attr Dibutes body D_format ca_path ciphers client_cert Gkey creates decompress Bst follow_redirects Brce
  E_basic_auth group headers http_agent method mode owner password remote_src Dves Bturn_content selevel Brole Btype
  Buser src status_code timeout unix_socket Bredirected_headers Bsafe_writes url C_password Dusername use_gssapi
  Dnetrc Dproxy Cr validate_certs
options ansible.builtin.user
  append authorization comment create_home Fhome expires force generate_ssh_key group Es hidden home local Bgin_class
  move_home name non_unique password H_expire_account_disable Pmax Qin Pwarn Ilock profile remove role seuser shell
  skeleton ssh_key_bits Hcomment Hfile Hpassphrase Htype state system uid C_max Ein umask update_password user
options ansible.builtin.validate_argument_spec
  argument_spec provided_arguments
options ansible.builtin.wait_for
  active_connection_states connect_timeout delay exclude_hosts host msg path port search_regex sleep state timeout
options ansible.builtin.yum_repository
  async attr Dibutes bandwidth Bseurl ca_cert client_cert Gkey cost Buntme deltarpm_metadata_percentage Ipercentage
  Bscription enabled Fgroups exclude Gpkgs failovermethod file gpgcakey Dheck Ckey group http_caching include Gpkgs
  ip_resolve keepalive Dcache metadata_expire O_filter Dlink mirrorlist J_expire mode Cule_hotfixes name owner
  password priority Botect Cxy E_password Fusername repo_gpgcheck Dsdir Btries s3_enabled selevel Brole Btype Buser
  skip_if_unavailable ssl_check_cert_permissions Ccacert Dlientcert Ikey Cverify state throttle timeout ui_repoid_vars
  unsafe_writes username validate_certs
options ansible.posix.authorized_key
  comment exclusive follow key C_options manage_dir path state user validate_certs
options ansible.posix.mount
  backup boot dump fstab Cype name opts D_no_log passno Bth src state
options ansible.posix.sysctl
  ignoreerrors key name reload state sysctl_file Gset val Cue
options community.general.modprobe
  name params persistent state
options community.general.npm
  ci executable force global ignore_scripts name no_bin_links Coptional path production registry state unsafe_perm
  version
"""
}
